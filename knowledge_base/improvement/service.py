"""From feedback to better knowledge.

1. A rating of one or two and a "not useful" open a task (``open_task``) due on the next working day.
   ``list_tasks``, ``get_task``, ``take_task``; ``close_task`` takes a root cause of a closed set and a note.
   ``note_overdue`` notes late ones once.
2. ``waiting`` names answers that were none or did not help, ``gather`` takes in those that conversations got,
   ``take_in`` what staff answered in cases. Like questions are one candidate, with a count and examples;
   personal data does not enter. A candidate asked often opens a task.
3. ``list_candidates`` shows them; ``open_draft`` opens an entry with staff's answer as its draft, ``dismiss``
   lets one go with a reason (``reopen`` takes it up again), ``set_apart`` parts what is not one question.
4. The entry goes through review and release (``curation``); its release takes a regression question.
5. ``settle`` notes what is answered; ``untold`` names the conversations that asked, ``answer_blocks`` what
   they are told, ``mark_told`` that they were.
"""

from knowledge_base.improvement.answered import Untold, answer_blocks, mark_told, settle, untold
from knowledge_base.improvement.candidates import (
    STATES,
    dismiss,
    get_candidate,
    list_candidates,
    open_draft,
    reopen,
    set_apart,
)
from knowledge_base.improvement.causes import IMPROVERS, ROOT_CAUSES
from knowledge_base.improvement.followup import (
    CHOICES,
    close_task,
    get_task,
    list_tasks,
    note_overdue,
    take_task,
)
from knowledge_base.improvement.gathering import (
    AskedQuestion,
    Source,
    gather,
    not_gathered,
    take_in,
    waiting,
)
from knowledge_base.improvement.opening import Subject, open_task
from knowledge_base.improvement.views import CandidateLine, CitedPassage, ExampleView, TaskLine, TaskView

__all__ = [
    "CHOICES",
    "IMPROVERS",
    "ROOT_CAUSES",
    "STATES",
    "AskedQuestion",
    "CandidateLine",
    "CitedPassage",
    "ExampleView",
    "Source",
    "Subject",
    "TaskLine",
    "TaskView",
    "Untold",
    "answer_blocks",
    "close_task",
    "dismiss",
    "gather",
    "get_candidate",
    "get_task",
    "list_candidates",
    "list_tasks",
    "mark_told",
    "not_gathered",
    "note_overdue",
    "open_draft",
    "open_task",
    "reopen",
    "set_apart",
    "settle",
    "take_in",
    "take_task",
    "untold",
    "waiting",
]
