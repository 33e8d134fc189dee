"""What the auditor looks for; answers rebuilt from their traces.

Revision: 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.drop_index('ix_audit_subject', table_name='audit_event')
    op.create_index('ix_audit_event_at', 'audit_event', ['at', 'id'])
    op.create_index('ix_audit_event_actor', 'audit_event', ['actor_id', 'at', 'id'])
    op.create_index('ix_audit_event_action', 'audit_event', ['action', 'at', 'id'])
    op.create_index('ix_audit_event_actor_action', 'audit_event', ['actor_id', 'action', 'at', 'id'])
    op.create_index('ix_audit_event_subject', 'audit_event', ['subject_id', 'at', 'id'])
    op.create_table('audit_verification',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_by', sa.String(length=40), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('events', sa.Integer(), nullable=False),
    sa.Column('unsealed', sa.Integer(), nullable=False),
    sa.Column('checkpoint', sa.Integer(), nullable=False),
    sa.Column('problem', sa.String(length=60), nullable=False),
    sa.Column('problem_at', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_verification'))
    )
    op.create_index('ix_audit_verification_asked_at', 'audit_verification', ['asked_at'])
    op.add_column('answer_trace', sa.Column('recipe', JSON, server_default='{}', nullable=False))
    op.add_column('answer_trace', sa.Column('recipe_sha256', sa.String(length=64), server_default='', nullable=False))
    op.add_column('answer_trace', sa.Column('made_with', JSON, server_default='{}', nullable=False))
    op.add_column('answer_trace', sa.Column('receipt_code', sa.String(length=24), server_default='', nullable=False))
    op.add_column('answer_trace', sa.Column('turn_id', sa.String(length=40), server_default='', nullable=False))
    op.add_column('answer_trace', sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_answer_trace_receipt', 'answer_trace', ['receipt_code'])
    op.create_index('ix_answer_trace_conversation', 'answer_trace', ['conversation_id'])
    op.add_column('held_answer', sa.Column('trace_id', sa.String(length=40), server_default='', nullable=False))
    op.add_column('held_answer', sa.Column('sent_text', sa.Text(), server_default='', nullable=False))
    op.create_index('ix_held_answer_trace', 'held_answer', ['trace_id'])


def downgrade() -> None:
    op.drop_index('ix_held_answer_trace', table_name='held_answer')
    op.drop_column('held_answer', 'sent_text')
    op.drop_column('held_answer', 'trace_id')
    op.drop_index('ix_answer_trace_conversation', table_name='answer_trace')
    op.drop_index('ix_answer_trace_receipt', table_name='answer_trace')
    for name in ('erased_at', 'turn_id', 'receipt_code', 'made_with', 'recipe_sha256', 'recipe'):
        op.drop_column('answer_trace', name)
    op.drop_index('ix_audit_verification_asked_at', table_name='audit_verification')
    op.drop_table('audit_verification')
    for name in ('subject', 'actor_action', 'action', 'actor', 'at'):
        op.drop_index(f'ix_audit_event_{name}', table_name='audit_event')
    op.create_index('ix_audit_subject', 'audit_event', ['subject_type', 'subject_id'])
