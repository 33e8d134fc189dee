"""Answers on sensitive topics wait for an officer.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.create_table('held_topic',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('updated_by', sa.String(length=40), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_held_topic'))
    )
    op.create_table('held_answer',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('conversation_id', sa.String(length=40), nullable=False),
    sa.Column('turn_id', sa.String(length=60), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('topic', sa.String(length=80), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('province', sa.String(length=4), nullable=False),
    sa.Column('domain', sa.String(length=20), nullable=False),
    sa.Column('message', JSON, nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_held_answer_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_held_answer')),
    sa.UniqueConstraint('turn_id', name=op.f('uq_held_answer_turn_id'))
    )
    with op.batch_alter_table('held_answer', schema=None) as batch_op:
        batch_op.create_index('ix_held_answer_waiting', ['state', 'created_at'], unique=False)


def downgrade() -> None:
    op.drop_table('held_answer')
    op.drop_table('held_topic')
