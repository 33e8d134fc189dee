"""The mini-program: WeChat, alerts, other devices.

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('resume_code',
    sa.Column('code_digest', sa.String(length=64), nullable=False),
    sa.Column('conversation_id', sa.String(length=40), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_resume_code_conversation_id')),
    sa.PrimaryKeyConstraint('code_digest', name=op.f('pk_resume_code'))
    )
    with op.batch_alter_table('resume_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_resume_code_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_resume_code_expires_at'), ['expires_at'], unique=False)

    op.create_table('resumed_token',
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('conversation_id', sa.String(length=40), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_resumed_token_conversation_id')),
    sa.PrimaryKeyConstraint('token_digest', name=op.f('pk_resumed_token'))
    )
    with op.batch_alter_table('resumed_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_resumed_token_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_resumed_token_expires_at'), ['expires_at'], unique=False)

    op.create_table('wechat_link',
    sa.Column('openid', sa.String(length=64), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('linked_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_wechat_link_account_id')),
    sa.PrimaryKeyConstraint('openid', name=op.f('pk_wechat_link'))
    )
    with op.batch_alter_table('wechat_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wechat_link_account_id'), ['account_id'], unique=False)

    op.create_table('filing_alert',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('filing_id', sa.String(length=40), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('permitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_filing_alert_filing_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_filing_alert'))
    )
    with op.batch_alter_table('filing_alert', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_filing_alert_filing_id'), ['filing_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('filing_alert', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_filing_alert_filing_id'))

    op.drop_table('filing_alert')
    with op.batch_alter_table('wechat_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_wechat_link_account_id'))

    op.drop_table('wechat_link')
    with op.batch_alter_table('resumed_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_resumed_token_expires_at'))
        batch_op.drop_index(batch_op.f('ix_resumed_token_conversation_id'))

    op.drop_table('resumed_token')
    with op.batch_alter_table('resume_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_resume_code_expires_at'))
        batch_op.drop_index(batch_op.f('ix_resume_code_conversation_id'))

    op.drop_table('resume_code')
