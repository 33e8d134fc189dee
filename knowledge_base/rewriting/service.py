"""Optional rewriting: an answer in easier words, above the exact quotes, never in their place.

1. Only what the settings name and the register holds released is asked (``endpoint``).
2. Only answers that rest on public policy passages (law, guide, frequent question) are put to it, with the
   masked question; nothing of a filing, of officers or of the talk before. A classification mark anywhere,
   or a passage of another kind, ends it.
3. One call, within its seconds, the day's calls and tokens, and a circuit breaker (``budget``).
4. Every sentence that comes back is held to the sources (``support``); what they do not carry is dropped.
   Where too little is left, or anything failed, the answer is told as it was.
5. What is kept is labelled as written by an AI; the trace holds the endpoint, its version, the hash of what
   was asked and each dropped sentence, masked, with its reason.
"""

import hashlib
import json
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog
from pydantic import BaseModel, ConfigDict, Field

from core.blocks import Block, notice, paragraph
from core.content import read_yaml
from core.errors import AssistantError
from core.privacy.service import classification_mark, mask_text
from core.settings import get_settings
from i18n.service import content_language, translate
from knowledge_base.answering.context import Context
from knowledge_base.embedding.service import shipped_encoder
from knowledge_base.passages.views import split_provision
from knowledge_base.rewriting import budget
from knowledge_base.rewriting.endpoint import (
    MOST_TOKENS,
    Completion,
    Endpoint,
    check_url,
    chosen,
    complete,
    is_wanted,
    key,
    problem_of,
)
from knowledge_base.rewriting.support import Checked, Encode, Sources, check

log = structlog.get_logger(__name__)
_MOST_TRACED = 200
_TRIED_S = 30.0


class RewritingSettings(BaseModel):
    """``rewriting.yml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    kinds: tuple[str, ...]
    sources: tuple[str, ...]
    most_passages: int = Field(ge=1, le=20)
    most_chars: int = Field(ge=200, le=20_000)
    most_sentences: int = Field(ge=1, le=40)
    least_kept: float = Field(ge=0, le=1)
    coverage: dict[str, float]
    nearest: dict[str, float]
    prompt: dict[str, str]


@lru_cache(maxsize=1)
def rewriting_settings() -> RewritingSettings:
    """Return the prompt and the floors."""
    return RewritingSettings.model_validate(read_yaml(Path(__file__).with_name("rewriting.yml")))


@dataclass(frozen=True)
class Asked:
    """What is sent."""

    question: str
    passages: tuple[str, ...]
    language: str

    def messages(self) -> list[dict[str, str]]:
        """Return the messages; passages and question are JSON strings, so that none can end itself."""
        settings = rewriting_settings()
        is_zh = self.language == "zh"
        names = ("问题", "资料") if is_zh else ("question", "passages")
        body = {names[0]: self.question, names[1]: list(self.passages)}
        return [
            {"role": "system", "content": settings.prompt[self.language]},
            {"role": "user", "content": json.dumps(body, ensure_ascii=False)},
        ]


def rewrite(context: Context) -> None:
    """Set ``rewritten`` and ``rewriting`` where an endpoint is wanted and the answer may be put to it."""
    if not is_wanted() or context.draft is None:
        return
    asked = _asked(context)
    if asked is None:
        return
    context.rewriting = {"prompt_version": rewriting_settings().version, "prompt_sha256": _hash(asked)}
    try:
        endpoint = chosen()
    except AssistantError as error:
        _end(context, problem_of(error))
        return
    assert endpoint is not None
    context.rewriting |= {
        "endpoint": endpoint.name,
        "entry": endpoint.entry_id,
        "model": endpoint.model,
        "version": endpoint.version,
    }
    reply = _call(endpoint, asked)
    context.rewriting["tokens"] = reply.tokens
    if reply.outcome != "ok":
        _end(context, reply.outcome)
        return
    checked = check(
        reply.text, _sources(context, asked), context.knowledge.encode, rewriting_settings().most_sentences
    )
    _keep(context, checked)


def _asked(context: Context) -> Asked | None:
    """Return what may be sent, None where nothing may."""
    draft, settings = context.draft, rewriting_settings()
    assert draft is not None
    is_fit = draft.status.is_answered and draft.source.split(".")[0] in settings.sources
    is_public = all(passage.kind in settings.kinds for passage in draft.carried_by)
    if not is_fit or not is_public or not context.citations:
        return None
    language = content_language(context.locale)
    told = [_cited(one, language) for one in context.citations if one.quote or one.summary]
    told += [_heading(passage) for passage in draft.carried_by if passage.language == language]
    passages, left = [], settings.most_chars
    for text in dict.fromkeys(told):
        if len(passages) < settings.most_passages and len(text) <= left:
            passages.append(mask_text(text))
            left -= len(text)
    question = mask_text(context.text)[:500]
    if not passages or any(classification_mark(one) for one in (context.text, *passages)):
        return None
    return Asked(question, tuple(passages), language)


def _cited(citation: Any, language: str) -> str:
    if language == "zh":
        return f"《{citation.title}》{citation.article_label}：{citation.quote}"
    return f"{citation.name or citation.title}: {citation.summary or citation.quote}"


def _heading(passage: Any) -> str:
    return f"{passage.heading}\n{passage.text}" if passage.heading else str(passage.text)


def _hash(asked: Asked) -> str:
    return hashlib.sha256(json.dumps(asked.messages(), ensure_ascii=False).encode()).hexdigest()


def _call(endpoint: Endpoint, asked: Asked) -> Completion:
    messages = asked.messages()
    most = sum(len(one["content"]) for one in messages) + MOST_TOKENS
    if not budget.breaker.lets_through():
        return Completion("resting")
    if not budget.reserve(most):
        return Completion("no_budget")
    reply = complete(endpoint, messages, get_settings().rewrite_limit_s)
    budget.breaker.note(is_failure=reply.outcome not in ("ok", "empty"))
    budget.settle(most, reply.tokens)
    return reply


def _sources(context: Context, asked: Asked) -> Sources:
    settings, draft = rewriting_settings(), context.draft
    assert draft is not None
    titles, articles = set(), set()
    for key_of in draft.provisions:
        law, article = split_provision(key_of)
        titles.add(law.removeprefix("中华人民共和国"))
        articles.add(str(article))
    cited = [one.title for one in context.citations]
    return Sources(
        (*asked.passages,),
        frozenset({*titles, *cited, *(one.name for one in context.citations if one.name)}),
        frozenset(articles | {str(one.article) for one in context.citations}),
        asked.language,
        settings.coverage[asked.language],
        settings.nearest[asked.language],
    )


def _keep(context: Context, checked: Checked) -> None:
    settings = rewriting_settings()
    context.rewriting |= {
        "sentences": len(checked.kept) + len(checked.dropped),
        "kept": len(checked.kept),
        "dropped": [
            {"reason": reason, "text": mask_text(text)[:_MOST_TRACED]}
            for reason, text in checked.dropped[:20]
        ],
    }
    if not checked.kept or checked.share < settings.least_kept:
        _end(context, "unsupported")
        return
    context.rewriting["outcome"] = "told"
    joined = "".join(checked.kept) if content_language(context.locale) == "zh" else " ".join(checked.kept)
    context.rewritten = _labelled(context, joined)


def _labelled(context: Context, text: str) -> list[Block]:
    label = translate("knowledge_base.rewriting.label", context.locale)
    basis = translate("knowledge_base.rewriting.basis", context.locale)
    return [notice("info", label), paragraph(text), paragraph(basis)]


def _end(context: Context, outcome: str) -> None:
    context.rewriting["outcome"] = outcome
    log.warning("rewriting.not_told", outcome=outcome, endpoint=context.rewriting.get("entry", ""))


TRIAL = (
    "第十九条　申请特殊化妆品注册或者进行普通化妆品备案，应当提交检验报告。"
    "备案人应当在上市销售前备案，不得委托他人代为承担责任。"
)
TRIAL_QUESTION = "普通化妆品备案要交检验报告吗？"


def try_endpoint(card: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Put one fixed, public question to an endpoint; return what came of it and a message code if too little.

    Raises:
        InvalidInput: its address cannot be used, or the key cannot be read.
    """
    endpoint = Endpoint(check_url(str(card["base_url"])), str(card["model"]), key())
    asked, started = Asked(TRIAL_QUESTION, (TRIAL,), "zh"), time.perf_counter()
    reply = complete(endpoint, asked.messages(), _TRIED_S)
    settings = rewriting_settings()
    sources = Sources((TRIAL,), articles=frozenset({"19"}), coverage=settings.coverage["zh"])
    checked = check(reply.text, sources, _encode(), settings.most_sentences)
    report = {
        "canaries": {
            "asked": 1,
            "met": int(bool(checked.kept) and checked.share >= settings.least_kept),
            "broken": 0,
            "missed": [],
        },
        "outcome": reply.outcome,
        "kept": len(checked.kept),
        "dropped": [reason for reason, _ in checked.dropped],
        "seconds": round(time.perf_counter() - started, 2),
    }
    return report, "" if report["canaries"]["met"] else "knowledge_base.trial.endpoint"


def _encode() -> Encode:
    return shipped_encoder().encode
