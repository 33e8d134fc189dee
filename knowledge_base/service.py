"""The knowledge base: policy texts in, cited answers out.

1. ``ingest`` brings files and folders in (laws, announcements, tables of questions); each file ends added,
   changed, unchanged or refused with a reason. ``import_guides``, ``import_faq`` and ``import_cards`` bring
   in our own knowledge.
2. ``register_encoder`` enters the encoder, and what was fitted on it, in the model register;
   ``build_index`` makes a snapshot of all passages and switches to it; ``verify_index`` checks the one that
   serves; ``list_indexes`` lists all; ``rollback_index`` serves an earlier one again.
   ``request_ingest`` and ``request_index`` leave either to the worker.
3. ``search`` finds passages in force on a day and ranks the articles they stand for; ``find_provision`` gives
   one article of a law as it stood on a day; ``diff_versions`` tells what a new version changed.
4. ``answer`` turns a question into an answer with one status, its citations and its trace;
   ``record_feedback`` binds a person's word to that trace; what did not help is followed up and becomes
   a candidate for an entry (``improvement``). ``rebuild`` puts an answer together again from its trace,
   ``receipts`` verifies one by its code, ``erase_traces_of`` takes a person's words out of traces.
5. After each release the answers given are asked again; who got one that is another today is told
   (``recall``).

What is known is never changed in place: a changed text is a new version, dates decide which one is current.
"""

from collections.abc import Callable

from knowledge_base.answering.batch import answer_batch
from knowledge_base.answering.service import answer
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.answering.views import Answer, AskedIn, Citation, Question
from knowledge_base.curation import service as curation
from knowledge_base.embedding.service import get_encoder
from knowledge_base.index.service import BuildStep, list_indexes, rollback_index, verify_index
from knowledge_base.index.service import build_index as _build_index
from knowledge_base.index.snapshot import SnapshotInfo
from knowledge_base.passages import KINDS, PassageView
from knowledge_base.passages.differences import ArticleDifference, VersionDifference, diff_versions
from knowledge_base.recall import service as recall
from knowledge_base.search.query import Hit, RankedProvision, SearchQuery, SearchResult
from knowledge_base.search.service import find_provision, search, warm_up
from knowledge_base.served.live import refused_kinds
from knowledge_base.served.shipped import register_shipped as register_encoder
from knowledge_base.sources.service import FileOutcome, IngestReport, IngestStep, ingest
from knowledge_base.sources.shipped import import_cards, import_faq, import_guides
from knowledge_base.tasks import request_index, request_ingest
from knowledge_base.traces import receipts
from knowledge_base.traces.erasing import erase_traces_of
from knowledge_base.traces.rebuilding import Rebuilt, rebuild, rebuild_all
from knowledge_base.traces.service import record_feedback

__all__ = [
    "KINDS",
    "Answer",
    "AnswerStatus",
    "ArticleDifference",
    "AskedIn",
    "BuildStep",
    "Citation",
    "FileOutcome",
    "Hit",
    "IngestReport",
    "IngestStep",
    "PassageView",
    "Question",
    "RankedProvision",
    "Rebuilt",
    "SearchQuery",
    "SearchResult",
    "SnapshotInfo",
    "VersionDifference",
    "answer",
    "answer_batch",
    "build_index",
    "diff_versions",
    "erase_traces_of",
    "find_provision",
    "import_cards",
    "import_faq",
    "import_guides",
    "ingest",
    "list_indexes",
    "rebuild",
    "rebuild_all",
    "receipts",
    "record_feedback",
    "refused_kinds",
    "register_encoder",
    "request_index",
    "request_ingest",
    "rollback_index",
    "search",
    "verify_index",
    "warm_up",
]


def build_index(*, progress: Callable[[BuildStep], None] | None = None) -> SnapshotInfo:
    """Build a snapshot of all passages with this installation's encoder and make it the current one.

    Raises:
        NotAvailable: there is nothing to index yet.
        DependencyFailed: the encoder failed, or the snapshot that was written cannot be read.
        InvariantBroken: the encoder is not registered, or was changed since.
    """
    made = _build_index(get_encoder(), progress=progress)
    curation.flag_changed()
    recall.request(made.snapshot_id)
    return made
