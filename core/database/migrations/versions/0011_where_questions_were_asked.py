"""Answers know where their question was asked; the figures are counted from one index.

What stored replies tell of earlier answers is taken over. Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

COLUMNS = (('conversation_id', 40), ('channel', 20), ('province', 4))
FIGURES = ['answered_at', 'status', 'service_item_code', 'locale', 'channel', 'province']
TOLD = """
UPDATE answer_trace SET conversation_id = told.id, channel = told.channel, province = told.province
FROM (
    SELECT message.trace_id, conversation.id, conversation.channel,
           coalesce(enterprise.province, '') AS province
    FROM message
    JOIN conversation ON conversation.id = message.conversation_id
    LEFT JOIN enterprise ON enterprise.id = conversation.enterprise_id
    WHERE message.trace_id IS NOT NULL
) AS told
WHERE told.trace_id = answer_trace.id
"""


def upgrade() -> None:
    for name, length in COLUMNS:
        column = sa.Column(name, sa.String(length=length), server_default='', nullable=False)
        op.add_column('answer_trace', column)
    op.execute(TOLD)
    op.drop_index('ix_answer_trace_answered_at', 'answer_trace')
    op.create_index('ix_answer_trace_figures', 'answer_trace', FIGURES)


def downgrade() -> None:
    op.drop_index('ix_answer_trace_figures', 'answer_trace')
    op.create_index('ix_answer_trace_answered_at', 'answer_trace', ['answered_at'])
    for name, _ in reversed(COLUMNS):
        op.drop_column('answer_trace', name)
