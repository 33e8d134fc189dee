"""Tags and requirements of policies.

Revision: 0015, after 0013.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('document_tag',
    sa.Column('document_id', sa.String(length=40), nullable=False),
    sa.Column('tag', sa.String(length=60), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('was_suggested', sa.Boolean(), nullable=False),
    sa.Column('decided_by', sa.String(length=40), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['source_document.id'], name=op.f('fk_document_tag_document_id')),
    sa.PrimaryKeyConstraint('document_id', 'tag', name=op.f('pk_document_tag'))
    )
    with op.batch_alter_table('document_tag', schema=None) as batch_op:
        batch_op.create_index('ix_document_tag_found', ['tag', 'state'], unique=False)

    op.create_table('policy_requirement',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('document_id', sa.String(length=40), nullable=False),
    sa.Column('article', sa.String(length=12), nullable=False),
    sa.Column('text_zh', sa.Text(), nullable=False),
    sa.Column('text_en', sa.Text(), nullable=False),
    sa.Column('applies_from', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('tags', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('written_by', sa.String(length=40), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_by', sa.String(length=40), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['document_id'], ['source_document.id'], name=op.f('fk_policy_requirement_document_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_policy_requirement'))
    )
    with op.batch_alter_table('policy_requirement', schema=None) as batch_op:
        batch_op.create_index('ix_policy_requirement_document', ['document_id', 'state'], unique=False)
        batch_op.create_index('ix_policy_requirement_due', ['state', 'due_on'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('policy_requirement', schema=None) as batch_op:
        batch_op.drop_index('ix_policy_requirement_due')
        batch_op.drop_index('ix_policy_requirement_document')

    op.drop_table('policy_requirement')
    with op.batch_alter_table('document_tag', schema=None) as batch_op:
        batch_op.drop_index('ix_document_tag_found')

    op.drop_table('document_tag')
