"""Answers asked again.

Revision: 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

def upgrade() -> None:
    op.create_table('recall_run',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('snapshot_id', sa.String(length=80), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('changed', sa.Integer(), nullable=False),
    sa.Column('failed', sa.Integer(), nullable=False),
    sa.Column('busy_s', sa.Double(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recall_run'))
    )
    with op.batch_alter_table('recall_run', schema=None) as batch_op:
        batch_op.create_index('ix_recall_run_asked', ['asked_at'], unique=False)

    op.create_table('recalled_answer',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('run_id', sa.String(length=40), nullable=False),
    sa.Column('trace_id', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('kinds', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('after', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('decided_by', sa.String(length=40), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['recall_run.id'], name=op.f('fk_recalled_answer_run_id')),
    sa.ForeignKeyConstraint(['trace_id'], ['answer_trace.id'], name=op.f('fk_recalled_answer_trace_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recalled_answer')),
    sa.UniqueConstraint('run_id', 'trace_id', name=op.f('uq_recalled_answer_run_id_trace_id'))
    )
    with op.batch_alter_table('recalled_answer', schema=None) as batch_op:
        batch_op.create_index('ix_recalled_answer_state', ['run_id', 'state'], unique=False)

    op.create_table('recall_telling',
    sa.Column('recalled_id', sa.String(length=40), nullable=False),
    sa.Column('conversation_id', sa.String(length=40), nullable=False),
    sa.Column('trace_id', sa.String(length=40), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['recalled_id'], ['recalled_answer.id'], name=op.f('fk_recall_telling_recalled_id')),
    sa.PrimaryKeyConstraint('recalled_id', 'conversation_id', name=op.f('pk_recall_telling'))
    )
    with op.batch_alter_table('recall_telling', schema=None) as batch_op:
        batch_op.create_index('ix_recall_telling_told', ['told_at'], unique=False)

    op.add_column('answer_trace', sa.Column('answer_sha256', sa.String(length=64), server_default='', nullable=False))
    op.add_column('answer_trace', sa.Column('asked_item', sa.String(length=60), server_default='', nullable=False))
    op.add_column('answer_trace', sa.Column('leans_back', sa.Boolean(), server_default=sa.false(), nullable=False))

def downgrade() -> None:
    op.drop_column('answer_trace', 'leans_back')
    op.drop_column('answer_trace', 'asked_item')
    op.drop_column('answer_trace', 'answer_sha256')

    with op.batch_alter_table('recall_telling', schema=None) as batch_op:
        batch_op.drop_index('ix_recall_telling_told')

    op.drop_table('recall_telling')
    with op.batch_alter_table('recalled_answer', schema=None) as batch_op:
        batch_op.drop_index('ix_recalled_answer_state')

    op.drop_table('recalled_answer')
    with op.batch_alter_table('recall_run', schema=None) as batch_op:
        batch_op.drop_index('ix_recall_run_asked')

    op.drop_table('recall_run')
