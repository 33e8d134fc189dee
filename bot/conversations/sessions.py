"""Opening a conversation, whose it is, and who stands behind a Rasa session."""

import hmac
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation, ResumedToken, Turn
from bot.conversations.transcript import locked
from bot.conversations.views import ConversationView, OpenedConversation, TurnContext
from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.errors import InvalidInput, NotAvailable
from core.identity import ANONYMOUS, Actor, Role
from core.identity.service import actor_of
from core.ids import new_id, new_token, token_digest
from i18n.service import normalise_locale

CHANNELS = frozenset({"web", "widget", "miniprogram", "api", "command_line"})
IDLE_LIMIT = timedelta(hours=12)
TURNS_IN_SESSION = 150
MOST_LISTED = 100


def open_conversation(
    *, channel: str, locale: str, actor: Actor, enterprise_id: str | None = None
) -> OpenedConversation:
    """Open a conversation for a person, signed in or not.

    Raises:
        InvalidInput: there is no such channel.
        NotAvailable: the person may not act for the enterprise.
    """
    if channel not in CHANNELS:
        raise InvalidInput("conversations.channel_unknown")
    if enterprise_id and not actor.may_act_for(enterprise_id):
        raise NotAvailable
    token, moment = new_token(), clock.now()
    conversation = Conversation(
        id=new_id("conv"),
        channel=channel,
        locale=normalise_locale(locale),
        account_id=person_of(actor),
        enterprise_id=enterprise_id or None,
        api_key_id=_system_of(actor),
        token_digest=token_digest(token),
        owner="bot",
        rasa_session=new_id("rasa"),
        session_turns=0,
        last_seq=0,
        opened_at=moment,
        active_at=moment,
    )
    with transaction() as session:
        session.add(conversation)
        note(session, conversation, actor, "opened", channel=channel)
    return OpenedConversation(conversation.id, token)


def person_of(actor: Actor) -> str:
    """Return the account under which an actor converses: applicants alone have one here."""
    return actor.account_id if actor.role is Role.APPLICANT else ""


def _system_of(actor: Actor) -> str:
    return actor.account_id if actor.role is Role.SYSTEM else ""


def note(session: Session, conversation: Conversation, actor: Actor, action: str, **data: object) -> None:
    """Add an audit event of a conversation."""
    record(
        session,
        actor_id=actor.account_id,
        action=f"conversation.{action}",
        subject_type="conversation",
        subject_id=conversation.id,
        data=data,
    )


def authorise(conversation_id: str, *, token: str = "", actor: Actor = ANONYMOUS) -> ConversationView:
    """Return a conversation to who holds its token or its account.

    The token of a conversation that belongs to an account does not open it to another account. Another
    system may go on with what it opened itself, as long as no person has taken it along.

    Raises:
        NotAvailable: absent, or not theirs.
    """
    with reading() as session:
        conversation = session.get(Conversation, conversation_id)
        if conversation is None:
            raise NotAvailable
        holds_token = bool(token) and _opens(session, conversation, token_digest(token))
    person = person_of(actor)
    is_owner = bool(person) and person == conversation.account_id
    if actor.role is Role.SYSTEM:
        is_owner = conversation.api_key_id == actor.account_id and not conversation.account_id
    if not is_owner and not (holds_token and may_speak_in(conversation, person)):
        raise NotAvailable
    return ConversationView.of(conversation)


def _opens(session: Session, conversation: Conversation, digest: str) -> bool:
    """Whether a token is the conversation's first one, or that of a device on which it was resumed."""
    if hmac.compare_digest(digest, conversation.token_digest):
        return True
    resumed = session.get(ResumedToken, digest)
    return (
        resumed is not None
        and resumed.conversation_id == conversation.id
        and resumed.expires_at > clock.now()
    )


def may_speak_in(conversation: Conversation, person: str) -> bool:
    """Whether a conversation is nobody's, this account's, or the speaker is not signed in."""
    return not person or not conversation.account_id or conversation.account_id == person


def attach(session: Session, conversation: Conversation, actor: Actor) -> None:
    """Give a conversation that is nobody's to the account that signed in.

    Raises:
        NotAvailable: it belongs to another account.
    """
    person = person_of(actor)
    if not may_speak_in(conversation, person):
        raise NotAvailable
    if person and not conversation.account_id:
        conversation.account_id = person
        note(session, conversation, actor, "account_attached")


def attach_account(conversation_id: str, actor: Actor) -> None:
    """After signing in: the conversation becomes the account's.

    Raises:
        NotAvailable: absent, or another account's.
    """
    with transaction() as session:
        attach(session, locked(session, conversation_id), actor)


def set_locale(conversation_id: str, locale: str) -> None:
    """Change the language in which the assistant answers from now on."""
    with transaction() as session:
        locked(session, conversation_id).locale = normalise_locale(locale)


def set_enterprise(conversation_id: str, actor: Actor, enterprise_id: str | None) -> None:
    """Choose the enterprise for which the person acts in this conversation; None for none.

    Raises:
        NotAvailable: the conversation is absent or another's, or there is no authority over the enterprise.
    """
    if enterprise_id and not actor.may_act_for(enterprise_id):
        raise NotAvailable
    with transaction() as session:
        conversation = locked(session, conversation_id)
        attach(session, conversation, actor)
        conversation.enterprise_id = enterprise_id or None
        note(session, conversation, actor, "enterprise_set", enterprise_id=enterprise_id or "")


def list_conversations(actor: Actor) -> list[ConversationView]:
    """Return the account's own conversations, the last used first."""
    person = person_of(actor)
    if not person:
        return []
    with reading() as session:
        rows = session.scalars(
            select(Conversation)
            .where(Conversation.account_id == person)
            .order_by(Conversation.active_at.desc(), Conversation.id)
            .limit(MOST_LISTED)
        )
        return [ConversationView.of(row) for row in rows]


def context_of(rasa_session: str) -> TurnContext:
    """Return who sent the turn that a Rasa session is serving.

    Raises:
        NotAvailable: no turn of this session runs; an action that outlived its turn does nothing more.
    """
    with reading() as session:
        row = session.execute(
            select(Conversation, Turn)
            .join(Turn, Turn.conversation_id == Conversation.id)
            .where(Conversation.rasa_session == rasa_session, Turn.state == "running")
        ).first()
    if row is None:
        raise NotAvailable
    conversation, turn = row
    actor = actor_of(turn.account_id)
    enterprise_id = conversation.enterprise_id
    acts_for = enterprise_id if enterprise_id and actor.may_act_for(enterprise_id) else None
    return TurnContext(conversation.id, actor, conversation.channel, acts_for, conversation.locale)


def start_session(conversation: Conversation) -> None:
    """Let Rasa begin anew: a new tracker, no open form. Drafts are not touched."""
    conversation.rasa_session = new_id("rasa")
    conversation.session_turns = 0


def renew_session(session: Session, conversation: Conversation) -> None:
    """Begin anew after a long pause, or when the tracker has grown long and no form is open."""
    last = session.scalars(
        select(Turn)
        .where(Turn.conversation_id == conversation.id, Turn.state == "done")
        .order_by(Turn.message_seq.desc())
        .limit(1)
    ).first()
    if last is None or last.ended_at is None:
        return
    is_idle = clock.now() - last.ended_at > IDLE_LIMIT
    is_long = conversation.session_turns >= TURNS_IN_SESSION and not last.active_loop
    if is_idle or is_long:
        start_session(conversation)
