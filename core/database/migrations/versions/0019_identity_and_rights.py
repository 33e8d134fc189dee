"""Sessions that their owner sees, second steps, links to the identity platform, limited authority.

Sessions are dropped: everybody signs in once more.

Revision: 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.drop_table('web_session')
    op.create_table('web_session',
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('csrf_token', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('method', sa.String(length=12), nullable=False),
    sa.Column('device', sa.String(length=60), nullable=False),
    sa.Column('address', sa.String(length=45), nullable=False),
    sa.Column('enterprise_id', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_web_session_account_id')),
    sa.PrimaryKeyConstraint('token_digest', name=op.f('pk_web_session')),
    sa.UniqueConstraint('id', name=op.f('uq_web_session_id'))
    )
    op.create_index(op.f('ix_web_session_account_id'), 'web_session', ['account_id'])
    op.create_table('second_step',
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('secret', sa.String(length=300), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_step', sa.Integer(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_second_step_account_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_second_step'))
    )
    op.create_table('recovery_code',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_recovery_code_account_id')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_recovery_code'))
    )
    op.create_index(op.f('ix_recovery_code_account_id'), 'recovery_code', ['account_id'])
    op.create_table('sign_in_challenge',
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('method', sa.String(length=12), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_sign_in_challenge_account_id')),
    sa.PrimaryKeyConstraint('token_digest', name=op.f('pk_sign_in_challenge'))
    )
    op.create_index(op.f('ix_sign_in_challenge_account_id'), 'sign_in_challenge', ['account_id'])
    op.create_index(op.f('ix_sign_in_challenge_expires_at'), 'sign_in_challenge', ['expires_at'])
    op.create_table('oidc_attempt',
    sa.Column('state_digest', sa.String(length=64), nullable=False),
    sa.Column('browser_digest', sa.String(length=64), nullable=False),
    sa.Column('nonce', sa.String(length=64), nullable=False),
    sa.Column('verifier', sa.String(length=128), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('target', sa.String(length=500), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('state_digest', name=op.f('pk_oidc_attempt'))
    )
    op.create_index(op.f('ix_oidc_attempt_expires_at'), 'oidc_attempt', ['expires_at'])
    op.create_table('oidc_link',
    sa.Column('issuer', sa.String(length=200), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('linked_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_oidc_link_account_id')),
    sa.PrimaryKeyConstraint('issuer', 'subject', name=op.f('pk_oidc_link'))
    )
    op.create_index(op.f('ix_oidc_link_account_id'), 'oidc_link', ['account_id'])
    op.add_column('stream_ticket', sa.Column('session_id', sa.String(length=40), server_default='', nullable=False))
    for name in ('acts', 'service_items'):
        op.add_column('enterprise_authority', sa.Column(name, JSON, server_default='[]', nullable=False))
    op.add_column('enterprise_authority', sa.Column('granted_by', sa.String(length=40), server_default='', nullable=False))
    op.add_column('enterprise_authority', sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('stream_ticket', 'session_id')
    with op.batch_alter_table('enterprise_authority', schema=None) as batch_op:
        for name in ('ended_at', 'granted_by', 'service_items', 'acts'):
            batch_op.drop_column(name)

    for name in ('oidc_link', 'oidc_attempt', 'sign_in_challenge', 'recovery_code', 'second_step', 'web_session'):
        op.drop_table(name)
    op.create_table('web_session',
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('csrf_token', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_web_session_account_id')),
    sa.PrimaryKeyConstraint('token_digest', name=op.f('pk_web_session'))
    )
    op.create_index(op.f('ix_web_session_account_id'), 'web_session', ['account_id'])
