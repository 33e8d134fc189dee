"""Tables that refer to others.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('answer_feedback',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('trace_id', sa.String(length=40), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('is_useful', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['trace_id'], ['answer_trace.id'], name=op.f('fk_answer_feedback_trace_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_feedback')),
    sa.UniqueConstraint('trace_id', 'account_id', name=op.f('uq_answer_feedback_trace_id_account_id'))
    )
    with op.batch_alter_table('answer_feedback', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_answer_feedback_trace_id'), ['trace_id'], unique=False)

    op.create_table('document_version',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('document_id', sa.String(length=40), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('document_number', sa.String(length=120), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('effective_from', sa.Date(), nullable=True),
    sa.Column('in_force_from', sa.Date(), nullable=True),
    sa.Column('repealed_on', sa.Date(), nullable=True),
    sa.Column('replaced_by', sa.String(length=200), nullable=False),
    sa.Column('repeals', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('licence', sa.String(length=200), nullable=False),
    sa.Column('origin', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('content_sha256', sa.String(length=64), nullable=False),
    sa.Column('import_digest', sa.String(length=64), nullable=False),
    sa.Column('retrieved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['source_document.id'], name=op.f('fk_document_version_document_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document_version')),
    sa.UniqueConstraint('document_id', 'number', name=op.f('uq_document_version_document_id_number'))
    )
    with op.batch_alter_table('document_version', schema=None) as batch_op:
        batch_op.create_index('ix_document_version_import', ['import_digest'], unique=False)

    op.create_table('enterprise_authority',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('enterprise_id', sa.String(length=40), nullable=False),
    sa.Column('scope', sa.String(length=20), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_enterprise_authority_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enterprise_authority')),
    sa.UniqueConstraint('account_id', 'enterprise_id', name=op.f('uq_enterprise_authority_account_id_enterprise_id'))
    )
    with op.batch_alter_table('enterprise_authority', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_enterprise_authority_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_enterprise_authority_enterprise_id'), ['enterprise_id'], unique=False)

    op.create_table('filing',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('item_code', sa.String(length=60), nullable=False),
    sa.Column('enterprise_id', sa.String(length=40), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=30), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('answers', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('facts', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('start_key', sa.String(length=80), nullable=False),
    sa.Column('submit_key', sa.String(length=80), nullable=True),
    sa.Column('filing_no', sa.String(length=60), nullable=True),
    sa.Column('receipt_code', sa.String(length=40), nullable=True),
    sa.Column('declared_by', sa.String(length=40), nullable=True),
    sa.Column('declared_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('document_name', sa.String(length=200), nullable=True),
    sa.Column('document_problem', sa.String(length=80), nullable=True),
    sa.Column('is_synthetic', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id'], ['enterprise.id'], name=op.f('fk_filing_enterprise_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_filing')),
    sa.UniqueConstraint('account_id', 'start_key', name=op.f('uq_filing_account_id_start_key')),
    sa.UniqueConstraint('filing_no', name=op.f('uq_filing_filing_no')),
    sa.UniqueConstraint('receipt_code', name=op.f('uq_filing_receipt_code'))
    )
    with op.batch_alter_table('filing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_filing_account_id'), ['account_id'], unique=False)
        batch_op.create_index('ix_filing_open', ['enterprise_id', 'item_code', 'state'], unique=False)

    op.create_table('handoff_case',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('case_no', sa.String(length=30), nullable=False),
    sa.Column('conversation_id', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('province', sa.String(length=4), nullable=False),
    sa.Column('domain', sa.String(length=20), nullable=False),
    sa.Column('enterprise_id', sa.String(length=40), nullable=True),
    sa.Column('enterprise_name', sa.String(length=120), nullable=False),
    sa.Column('filing_id', sa.String(length=40), nullable=True),
    sa.Column('unanswered', sa.Text(), nullable=False),
    sa.Column('confirmed_facts', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('suggestions', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('queued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('respond_by', sa.DateTime(timezone=True), nullable=False),
    sa.Column('officer_id', sa.String(length=40), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_response_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('waiting_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('escalated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolution', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_handoff_case_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handoff_case')),
    sa.UniqueConstraint('case_no', name=op.f('uq_handoff_case_case_no'))
    )
    with op.batch_alter_table('handoff_case', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_handoff_case_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index('ix_handoff_case_queue', ['state', 'province', 'queued_at'], unique=False)
        batch_op.create_index('uq_handoff_case_open', ['conversation_id'], unique=True, sqlite_where=sa.text("state <> 'closed'"), postgresql_where=sa.text("state <> 'closed'"))

    op.create_table('historical_record',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('enterprise_id', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('subject', sa.String(length=60), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('is_synthetic', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['enterprise_id'], ['enterprise.id'], name=op.f('fk_historical_record_enterprise_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_historical_record'))
    )
    with op.batch_alter_table('historical_record', schema=None) as batch_op:
        batch_op.create_index('ix_historical_record_owner', ['enterprise_id', 'kind'], unique=False)

    op.create_table('issued_payload',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('conversation_id', sa.String(length=40), nullable=False),
    sa.Column('label', sa.String(length=300), nullable=False),
    sa.Column('intent', sa.String(length=60), nullable=False),
    sa.Column('entities', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_issued_payload_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issued_payload'))
    )
    with op.batch_alter_table('issued_payload', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_issued_payload_conversation_id'), ['conversation_id'], unique=False)

    op.create_table('message',
    sa.Column('conversation_id', sa.String(length=40), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('role', sa.String(length=12), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('blocks', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('details', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('client_message_id', sa.String(length=80), nullable=True),
    sa.Column('turn_id', sa.String(length=40), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_message_conversation_id')),
    sa.PrimaryKeyConstraint('conversation_id', 'seq', name=op.f('pk_message')),
    sa.UniqueConstraint('conversation_id', 'role', 'client_message_id', name=op.f('uq_message_conversation_id_role_client_message_id'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_turn_id'), ['turn_id'], unique=False)

    op.create_table('rating',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('conversation_id', sa.String(length=40), nullable=False),
    sa.Column('case_id', sa.String(length=40), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('officer_id', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_rating_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rating')),
    sa.UniqueConstraint('conversation_id', 'case_id', name=op.f('uq_rating_conversation_id_case_id'))
    )
    op.create_table('turn',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('conversation_id', sa.String(length=40), nullable=False),
    sa.Column('message_seq', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('payload_id', sa.String(length=40), nullable=True),
    sa.Column('rasa_session', sa.String(length=40), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deadline_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(length=20), nullable=True),
    sa.Column('intent', sa.String(length=60), nullable=True),
    sa.Column('confidence', sa.Double(), nullable=True),
    sa.Column('active_loop', sa.String(length=60), nullable=True),
    sa.Column('model_id', sa.String(length=80), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_turn_conversation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_turn')),
    sa.UniqueConstraint('conversation_id', 'message_seq', name=op.f('uq_turn_conversation_id_message_seq'))
    )
    with op.batch_alter_table('turn', schema=None) as batch_op:
        batch_op.create_index('ix_turn_open', ['state', 'deadline_at'], unique=False)

    op.create_table('web_session',
    sa.Column('token_digest', sa.String(length=64), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('csrf_token', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_web_session_account_id')),
    sa.PrimaryKeyConstraint('token_digest', name=op.f('pk_web_session'))
    )
    with op.batch_alter_table('web_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_web_session_account_id'), ['account_id'], unique=False)

    op.create_table('case_note',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('case_id', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['handoff_case.id'], name=op.f('fk_case_note_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_note'))
    )
    with op.batch_alter_table('case_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_note_case_id'), ['case_id'], unique=False)

    op.create_table('filing_event',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('filing_id', sa.String(length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.String(length=40), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('from_state', sa.String(length=30), nullable=False),
    sa.Column('to_state', sa.String(length=30), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_filing_event_filing_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_filing_event')),
    sa.UniqueConstraint('filing_id', 'version', name=op.f('uq_filing_event_filing_id_version'))
    )
    op.create_table('filing_file',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('filing_id', sa.String(length=40), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('stored_as', sa.String(length=120), nullable=False),
    sa.Column('account_id', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_filing_file_filing_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_filing_file'))
    )
    with op.batch_alter_table('filing_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_filing_file_filing_id'), ['filing_id'], unique=False)

    op.create_table('filing_value',
    sa.Column('filing_id', sa.String(length=40), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('value', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('origin', sa.String(length=30), nullable=False),
    sa.Column('receipt', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('problems', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('alternatives', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_filing_value_filing_id')),
    sa.PrimaryKeyConstraint('filing_id', 'key', name=op.f('pk_filing_value'))
    )
    op.create_table('passage',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('version_id', sa.String(length=40), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=400), nullable=False),
    sa.Column('article', sa.String(length=12), nullable=False),
    sa.Column('article_label', sa.String(length=60), nullable=False),
    sa.Column('heading_path', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('start', sa.Integer(), nullable=False),
    sa.Column('end', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('blocks', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('basis', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('service_item_code', sa.String(length=60), nullable=False),
    sa.Column('aspect', sa.String(length=40), nullable=False),
    sa.Column('search_texts', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['document_version.id'], name=op.f('fk_passage_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passage')),
    sa.UniqueConstraint('version_id', 'position', name=op.f('uq_passage_version_id_position'))
    )
    # ### end Alembic commands ###


def downgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.drop_table('passage')
    op.drop_table('filing_value')
    with op.batch_alter_table('filing_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_filing_file_filing_id'))

    op.drop_table('filing_file')
    op.drop_table('filing_event')
    with op.batch_alter_table('case_note', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_case_note_case_id'))

    op.drop_table('case_note')
    with op.batch_alter_table('web_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_web_session_account_id'))

    op.drop_table('web_session')
    with op.batch_alter_table('turn', schema=None) as batch_op:
        batch_op.drop_index('ix_turn_open')

    op.drop_table('turn')
    op.drop_table('rating')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_message_turn_id'))

    op.drop_table('message')
    with op.batch_alter_table('issued_payload', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_issued_payload_conversation_id'))

    op.drop_table('issued_payload')
    with op.batch_alter_table('historical_record', schema=None) as batch_op:
        batch_op.drop_index('ix_historical_record_owner')

    op.drop_table('historical_record')
    with op.batch_alter_table('handoff_case', schema=None) as batch_op:
        batch_op.drop_index('uq_handoff_case_open', sqlite_where=sa.text("state <> 'closed'"), postgresql_where=sa.text("state <> 'closed'"))
        batch_op.drop_index('ix_handoff_case_queue')
        batch_op.drop_index(batch_op.f('ix_handoff_case_conversation_id'))

    op.drop_table('handoff_case')
    with op.batch_alter_table('filing', schema=None) as batch_op:
        batch_op.drop_index('ix_filing_open')
        batch_op.drop_index(batch_op.f('ix_filing_account_id'))

    op.drop_table('filing')
    with op.batch_alter_table('enterprise_authority', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_enterprise_authority_enterprise_id'))
        batch_op.drop_index(batch_op.f('ix_enterprise_authority_account_id'))

    op.drop_table('enterprise_authority')
    with op.batch_alter_table('document_version', schema=None) as batch_op:
        batch_op.drop_index('ix_document_version_import')

    op.drop_table('document_version')
    with op.batch_alter_table('answer_feedback', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_answer_feedback_trace_id'))

    op.drop_table('answer_feedback')
