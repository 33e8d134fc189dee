"""The life of a registered model, what serves, trials; models and rewriting of an answer.

Revision: 0021, after 0019.
"""

import hashlib
import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0021'
down_revision = '0019'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
TEXTS = (('state', 12, 'released'), ('origin', 12, 'shipped'), ('place', 400, ''), ('evaluated_by', 40, ''),
         ('released_by', 40, ''), ('retired_by', 40, ''))
MOMENTS = ('evaluated_at', 'released_at', 'retired_at')


def upgrade() -> None:
    for name, length, default in TEXTS:
        column = sa.Column(name, sa.String(length=length), server_default=default, nullable=False)
        op.add_column('registered_model', column)
    for name in MOMENTS:
        op.add_column('registered_model', sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column('registered_model', sa.Column('reason', sa.Text(), server_default='', nullable=False))

    op.create_table('served_model',
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('entry_id', sa.String(length=40), nullable=False),
    sa.Column('previous_id', sa.String(length=40), nullable=False),
    sa.Column('switched_by', sa.String(length=40), nullable=False),
    sa.Column('switched_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('kind', name=op.f('pk_served_model'))
    )
    op.create_table('model_run',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('entry_id', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('action', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('asked_by', sa.String(length=40), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('report', JSON, nullable=False),
    sa.Column('problem', sa.String(length=80), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_model_run'))
    )
    with op.batch_alter_table('model_run', schema=None) as batch_op:
        batch_op.create_index('ix_model_run_entry', ['entry_id', 'asked_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_model_run_state'), ['state'], unique=False)

    op.create_table('rewriting_budget',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('calls', sa.Integer(), nullable=False),
    sa.Column('tokens', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_rewriting_budget'))
    )
    _enter_approved_pushes()
    op.add_column('answer_trace', sa.Column('models', JSON, server_default=sa.text("'{}'"), nullable=False))
    op.add_column('answer_trace', sa.Column('rewriting', JSON, server_default=sa.text("'{}'"), nullable=False))


def _enter_approved_pushes() -> None:
    """Pushes that were approved and not sent yet stay sendable: their conditions enter the register."""
    link, now = op.get_bind(), datetime.now(UTC)
    pushes = sa.table('policy_push', *map(sa.column, ('id', 'condition', 'lock', 'state', 'submitted_by', 'approved_by')))
    register = sa.table('registered_model', sa.column('id'), sa.column('kind'), sa.column('model_id'),
        sa.column('version'), sa.column('sha256'), sa.column('card', JSON), sa.column('registered_by'),
        sa.column('registered_at', sa.DateTime(timezone=True)), sa.column('origin'), sa.column('released_by'),
        sa.column('released_at', sa.DateTime(timezone=True)))
    wanted = sa.select(pushes).where(pushes.c.state.in_(('approved', 'scheduled')))
    for row in link.execute(wanted).mappings().all():
        sha256 = hashlib.sha256(f"{row['id']}\n{row['condition']}".encode()).hexdigest()
        link.execute(register.insert().values(
            id=f'model_{uuid.uuid4().hex}', kind='push', model_id=row['id'], version=str(row['lock']), sha256=sha256,
            card={'id': row['id'], 'condition': row['condition'], 'push': row['id']},
            registered_by=row['submitted_by'], registered_at=now, origin='proposed',
            released_by=row['approved_by'], released_at=now))


def downgrade() -> None:
    op.drop_column('answer_trace', 'rewriting')
    op.drop_column('answer_trace', 'models')
    op.drop_table('rewriting_budget')
    op.drop_table('model_run')
    op.drop_table('served_model')
    for name in ('reason', *MOMENTS, *(name for name, _, _ in TEXTS)):
        op.drop_column('registered_model', name)
