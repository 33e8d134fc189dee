"""Clocks of a case, calls that people asked for, who is here.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('handoff_case', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reply_by', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('resolve_by', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('resolve_late_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('outcome', sa.String(length=10), nullable=False, server_default=''))
    op.execute("UPDATE handoff_case SET outcome = 'resolved' WHERE state = 'closed'")
    op.execute(
        "UPDATE handoff_case SET reply_by = respond_by WHERE state <> 'closed' AND first_response_at IS NULL"
    )
    with op.batch_alter_table('handoff_case', schema=None) as batch_op:
        batch_op.alter_column('outcome', existing_type=sa.String(length=10), server_default=None)
    op.create_table('case_callback',
    sa.Column('case_id', sa.String(length=40), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=False),
    sa.Column('slot', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_by', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('called_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['handoff_case.id'], name=op.f('fk_case_callback_case_id')),
    sa.PrimaryKeyConstraint('case_id', name=op.f('pk_case_callback'))
    )
    op.create_table('presence',
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_away', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_presence'))
    )


def downgrade() -> None:
    op.drop_table('presence')
    op.drop_table('case_callback')
    with op.batch_alter_table('handoff_case', schema=None) as batch_op:
        batch_op.drop_column('outcome')
        batch_op.drop_column('resolve_late_at')
        batch_op.drop_column('resolve_by')
        batch_op.drop_column('reply_by')
