"""Pushes, notices and how people are told.

Revision: 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('notice_content',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('source_id', sa.String(length=120), nullable=False),
    sa.Column('topic', sa.String(length=60), nullable=False),
    sa.Column('title_zh', sa.String(length=200), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('text_zh', sa.Text(), nullable=False),
    sa.Column('text_en', sa.Text(), nullable=False),
    sa.Column('link', sa.String(length=300), nullable=False),
    sa.Column('is_urgent', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_content')),
    sa.UniqueConstraint('kind', 'source_id', name=op.f('uq_notice_content_kind_source_id'))
    )
    op.create_table('notice_preference',
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('locale', sa.String(length=10), nullable=False),
    sa.Column('muted', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('rhythm', sa.String(length=10), nullable=False),
    sa.Column('quiet_from', sa.Integer(), nullable=False),
    sa.Column('quiet_to', sa.Integer(), nullable=False),
    sa.Column('by_email', sa.Boolean(), nullable=False),
    sa.Column('by_wechat', sa.Boolean(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('email_asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('email_tries', sa.Integer(), nullable=False),
    sa.Column('email_confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_notice_preference'))
    )
    op.create_table('policy_push',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('document_id', sa.String(length=40), nullable=False),
    sa.Column('title_zh', sa.String(length=200), nullable=False),
    sa.Column('title_en', sa.String(length=200), nullable=False),
    sa.Column('text_zh', sa.Text(), nullable=False),
    sa.Column('text_en', sa.Text(), nullable=False),
    sa.Column('why_zh', sa.String(length=300), nullable=False),
    sa.Column('why_en', sa.String(length=300), nullable=False),
    sa.Column('link', sa.String(length=300), nullable=False),
    sa.Column('topic', sa.String(length=60), nullable=False),
    sa.Column('is_urgent', sa.Boolean(), nullable=False),
    sa.Column('condition', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('send_on', sa.Date(), nullable=True),
    sa.Column('editors', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('submitted_by', sa.String(length=40), nullable=False),
    sa.Column('approved_by', sa.String(length=40), nullable=False),
    sa.Column('audience', sa.Integer(), nullable=True),
    sa.Column('population', sa.Integer(), nullable=True),
    sa.Column('lock', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_policy_push'))
    )
    with op.batch_alter_table('policy_push', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_policy_push_document_id'), ['document_id'], unique=False)
        batch_op.create_index('ix_policy_push_state', ['state', 'send_on'], unique=False)

    op.create_table('notice',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('content_id', sa.String(length=40), nullable=False),
    sa.Column('enterprise_id', sa.String(length=40), nullable=False),
    sa.Column('why_zh', sa.Text(), nullable=False),
    sa.Column('why_en', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['content_id'], ['notice_content.id'], name=op.f('fk_notice_content_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('content_id', 'enterprise_id', name=op.f('uq_notice_content_id_enterprise_id'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_inbox', ['enterprise_id', 'at'], unique=False)

    op.create_table('push_event',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('push_id', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.String(length=40), nullable=False),
    sa.Column('step', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['push_id'], ['policy_push.id'], name=op.f('fk_push_event_push_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_push_event'))
    )
    with op.batch_alter_table('push_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_push_event_push_id'), ['push_id'], unique=False)

    op.create_table('notice_delivery',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('notice_id', sa.String(length=40), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('channel', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_delivery_notice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_delivery')),
    sa.UniqueConstraint('notice_id', 'account_id', 'channel', name=op.f('uq_notice_delivery_notice_id_account_id_channel'))
    )
    with op.batch_alter_table('notice_delivery', schema=None) as batch_op:
        batch_op.create_index('ix_notice_delivery_due', ['state', 'due_at'], unique=False)
        batch_op.create_index('ix_notice_delivery_person', ['account_id', 'channel', 'state'], unique=False)

    op.create_table('notice_reading',
    sa.Column('notice_id', sa.String(length=40), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('acted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_notice_reading_notice_id')),
    sa.PrimaryKeyConstraint('notice_id', 'account_id', name=op.f('pk_notice_reading'))
    )
    with op.batch_alter_table('notice_reading', schema=None) as batch_op:
        batch_op.create_index('ix_notice_reading_account', ['account_id', 'notice_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('notice_reading', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_reading_account')

    op.drop_table('notice_reading')
    with op.batch_alter_table('notice_delivery', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_delivery_person')
        batch_op.drop_index('ix_notice_delivery_due')

    op.drop_table('notice_delivery')
    with op.batch_alter_table('push_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_push_event_push_id'))

    op.drop_table('push_event')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_inbox')

    op.drop_table('notice')
    with op.batch_alter_table('policy_push', schema=None) as batch_op:
        batch_op.drop_index('ix_policy_push_state')
        batch_op.drop_index(batch_op.f('ix_policy_push_document_id'))

    op.drop_table('policy_push')
    op.drop_table('notice_preference')
    op.drop_table('notice_content')
