"""What people do with a conversation: take it, mark it answered, close it. `version` is the one that their page showed."""

from datetime import datetime

from core.types import ConversationState
from storage import Store


def assign(store: Store, conversation_id: int, version: int, assignee: str, now: datetime) -> None:
    """`assignee` answers it. Raises Conflict (somebody was faster), NotFound."""
    store.conversations.act(conversation_id, version, ConversationState.ASSIGNED, now, assignee=assignee)


def mark_answered(store: Store, conversation_id: int, version: int, now: datetime) -> None:
    """It has been answered, here or elsewhere: its clock stops. Raises Conflict, NotFound."""
    store.conversations.act(conversation_id, version, ConversationState.ANSWERED, now)


def close(store: Store, conversation_id: int, version: int, now: datetime) -> None:
    """It needs nothing more. Raises Conflict, NotFound."""
    store.conversations.act(conversation_id, version, ConversationState.CLOSED, now)
