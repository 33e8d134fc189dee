"""Assisted filling: sessions by consent, and the values that officers propose.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.create_table('assist_session',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('filing_id', sa.String(length=40), nullable=False),
    sa.Column('case_id', sa.String(length=40), nullable=False),
    sa.Column('officer_id', sa.String(length=40), nullable=False),
    sa.Column('officer_name', sa.String(length=120), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('consented_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('consented_by', sa.String(length=40), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_assist_session_filing_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assist_session'))
    )
    with op.batch_alter_table('assist_session', schema=None) as batch_op:
        batch_op.create_index('ix_assist_session_filing', ['filing_id', 'state'], unique=False)
        batch_op.create_index('ix_assist_session_case', ['case_id', 'state'], unique=False)
    op.create_table('assist_proposal',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('session_id', sa.String(length=40), nullable=False),
    sa.Column('filing_id', sa.String(length=40), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('value', JSON, nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_by', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_assist_proposal_filing_id')),
    sa.ForeignKeyConstraint(['session_id'], ['assist_session.id'], name=op.f('fk_assist_proposal_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assist_proposal'))
    )
    with op.batch_alter_table('assist_proposal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assist_proposal_session_id'), ['session_id'], unique=False)


def downgrade() -> None:
    op.drop_table('assist_proposal')
    op.drop_table('assist_session')
