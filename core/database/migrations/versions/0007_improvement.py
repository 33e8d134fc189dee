"""Feedback becomes knowledge: follow-up tasks, candidates, regression questions that come with an entry.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
TRACE = {
    'sqlite': "json_extract(details, '$.answer.trace_id')",
    'postgresql': "details #>> '{answer,trace_id}'",
}


def upgrade() -> None:
    op.create_table('improvement_task',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('subject_id', sa.String(length=40), nullable=False),
    sa.Column('conversation_id', sa.String(length=40), nullable=False),
    sa.Column('case_id', sa.String(length=40), nullable=False),
    sa.Column('trace_id', sa.String(length=40), nullable=False),
    sa.Column('province', sa.String(length=4), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('assignee', sa.String(length=40), nullable=False),
    sa.Column('root_cause', sa.String(length=30), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.String(length=40), nullable=False),
    sa.Column('overdue_noted_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_improvement_task')),
    sa.UniqueConstraint('kind', 'subject_id', name=op.f('uq_improvement_task_kind_subject_id'))
    )
    op.create_index('ix_improvement_task_due', 'improvement_task', ['state', 'due_on'])
    op.create_table('knowledge_candidate',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('first_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('entry_id', sa.String(length=40), nullable=False),
    sa.Column('decided_by', sa.String(length=40), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_candidate'))
    )
    op.create_index('ix_knowledge_candidate_state', 'knowledge_candidate', ['state', 'language'])
    op.create_index(op.f('ix_knowledge_candidate_entry_id'), 'knowledge_candidate', ['entry_id'])
    op.create_table('candidate_question',
    sa.Column('source_id', sa.String(length=40), nullable=False),
    sa.Column('source_kind', sa.String(length=12), nullable=False),
    sa.Column('candidate_id', sa.String(length=40), nullable=False),
    sa.Column('conversation_id', sa.String(length=40), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('replies', sa.Text(), nullable=False),
    sa.Column('basis', JSON, nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['candidate_id'], ['knowledge_candidate.id'],
        name=op.f('fk_candidate_question_candidate_id')),
    sa.PrimaryKeyConstraint('source_id', name=op.f('pk_candidate_question'))
    )
    op.create_index(op.f('ix_candidate_question_candidate_id'), 'candidate_question', ['candidate_id'])
    op.create_index(op.f('ix_candidate_question_conversation_id'), 'candidate_question', ['conversation_id'])
    op.add_column('regression_question',
        sa.Column('entry_id', sa.String(length=40), server_default='', nullable=False))
    op.add_column('regression_question',
        sa.Column('is_waiting', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(op.f('ix_regression_question_entry_id'), 'regression_question', ['entry_id'])
    op.add_column('message', sa.Column('trace_id', sa.String(length=40), nullable=True))
    op.execute(f"UPDATE message SET trace_id = {TRACE[op.get_bind().dialect.name]} WHERE kind = 'answer'")
    op.create_index(op.f('ix_message_trace_id'), 'message', ['trace_id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_message_trace_id'), 'message')
    op.drop_column('message', 'trace_id')
    op.drop_index(op.f('ix_regression_question_entry_id'), 'regression_question')
    op.drop_column('regression_question', 'is_waiting')
    op.drop_column('regression_question', 'entry_id')
    for table in ('candidate_question', 'knowledge_candidate', 'improvement_task'):
        op.drop_table(table)
