"""What most enterprises answer alike.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.create_table('similar_answer',
    sa.Column('item_code', sa.String(length=60), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('alike', sa.String(length=300), nullable=False),
    sa.Column('value', JSON, nullable=False),
    sa.Column('said_so', sa.Integer(), nullable=False),
    sa.Column('asked', sa.Integer(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('item_code', 'key', 'alike', name=op.f('pk_similar_answer'))
    )


def downgrade() -> None:
    op.drop_table('similar_answer')
