"""Records by the field keys of the service items; what a filing leads to.

Revision: 0005, after 0004.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
KINDS = {'registry': 'enterprise_registry'}
ITEMS = {
    'business_licence': '',
    'legal_representative': '',
    'quality_safety_officer': '',
    'cosmetic_production': 'cosmetic_prod_licence',
    'drug_production': 'drug_prod_licence',
    'drug_registration': 'drug_change',
    'drug_distribution': 'drug_dist_wholesale',
    'device_production': 'device_prod_licence',
    'device_registration': 'device2_reg_initial',
}
KEYS = {
    'registry': {'name': 'ent_name', 'entity_type': 'ent_type'},
    'licence': {
        'holder_name': 'ent_name',
        'production_address': 'prod_addr',
        'registration_no': 'reg_no',
        'name': 'drug_name',
        'form': 'dosage_form',
        'classes': 'class_code',
    },
}
NUMBERS = ('licence_no', 'approval_no', 'reg_no', 'filing_no')


def upgrade() -> None:
    with op.batch_alter_table('historical_record', schema=None) as batch_op:
        batch_op.drop_index('ix_historical_record_owner')
        batch_op.alter_column('id', existing_type=sa.String(length=40), type_=sa.String(length=80))
        batch_op.alter_column('subject', new_column_name='service_item_code', existing_type=sa.String(length=60))
        batch_op.alter_column('valid_to', new_column_name='expires_on', existing_type=sa.Date())
        batch_op.add_column(sa.Column('number', sa.String(length=80), server_default='', nullable=False))
        batch_op.add_column(sa.Column('status', sa.String(length=12), server_default='valid', nullable=False))
        batch_op.add_column(sa.Column('issued_on', sa.Date(), nullable=True))
    with op.batch_alter_table('historical_record', schema=None) as batch_op:
        batch_op.create_index('ix_historical_record_owner', ['enterprise_id', 'kind', 'service_item_code', 'as_of'], unique=False)
        batch_op.create_index('ix_historical_record_newest', ['enterprise_id', 'kind', 'as_of', 'id'], unique=False)
        batch_op.create_index('ix_historical_record_number', ['number'], unique=False)
        batch_op.create_index('ix_historical_record_item', ['kind', 'service_item_code'], unique=False)
    op.create_table('historical_value',
    sa.Column('record_id', sa.String(length=80), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('enterprise_id', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('is_valid', sa.Boolean(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('text', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['historical_record.id'], name=op.f('fk_historical_value_record_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('record_id', 'key', name=op.f('pk_historical_value'))
    )
    with op.batch_alter_table('historical_value', schema=None) as batch_op:
        batch_op.create_index('ix_historical_value_found', ['enterprise_id', 'kind', 'key', 'is_valid', 'as_of'], unique=False)
        batch_op.create_index('ix_historical_value_text', ['enterprise_id', 'key', 'text'], unique=False)
    op.create_table('deficiency_notice',
    sa.Column('id', sa.String(length=40), nullable=False),
    sa.Column('filing_id', sa.String(length=40), nullable=False),
    sa.Column('officer_id', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('entries', JSON, nullable=False),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_deficiency_notice_filing_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deficiency_notice'))
    )
    with op.batch_alter_table('deficiency_notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_deficiency_notice_filing_id'), ['filing_id'], unique=False)
    op.create_table('backoffice_event',
    sa.Column('event_id', sa.String(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('filing_id', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('event_id', name=op.f('pk_backoffice_event'))
    )
    with op.batch_alter_table('filing', schema=None) as batch_op:
        batch_op.add_column(sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('bundle_id', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('based_on', sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column('certificate_id', sa.String(length=80), nullable=True))
        batch_op.create_index(batch_op.f('ix_filing_bundle_id'), ['bundle_id'], unique=False)
    _rewrite_records()


def _rewrite_records() -> None:
    """Give every record the field keys of the service items, and make it findable by them."""
    connection = op.get_bind()
    record = sa.table('historical_record', sa.column('id'), sa.column('enterprise_id'), sa.column('kind'), sa.column('service_item_code'), sa.column('number'), sa.column('as_of', sa.Date()), sa.column('data', JSON))
    value = sa.table('historical_value', sa.column('record_id'), sa.column('key'), sa.column('enterprise_id'), sa.column('kind'), sa.column('is_valid', sa.Boolean()), sa.column('as_of', sa.Date()), sa.column('text'))
    for row in connection.execute(sa.select(record)).all():
        data = _with_field_keys(row.kind, row.service_item_code, row.data)
        number = next((str(data[key]) for key in NUMBERS if data.get(key)), '')
        kind = KINDS.get(row.kind, row.kind)
        code = ITEMS.get(row.service_item_code, row.service_item_code)
        connection.execute(record.update().where(record.c.id == row.id).values(kind=kind, service_item_code=code, number=number, data=data))
        held = [
            {'record_id': row.id, 'key': key, 'enterprise_id': row.enterprise_id, 'kind': kind, 'is_valid': True, 'as_of': row.as_of, 'text': one[:200] if isinstance(one, str) else ''}
            for key, one in data.items()
            if one not in (None, '', [], {})
        ]
        if held:
            connection.execute(value.insert(), held)


def _with_field_keys(kind: str, subject: str, data: dict[str, Any]) -> dict[str, Any]:
    if kind == 'personnel' and subject == 'legal_representative':
        return {'legal_rep': data.get('name'), 'legal_rep_id': data.get('id_number')}
    if kind == 'personnel':
        return {'qs_officer': {**data, 'years': str(data.get('years', ''))}}
    named = {KEYS.get(kind, {}).get(key, key): one for key, one in data.items()}
    if isinstance(named.get('prod_addr'), str):
        named['prod_addr'] = [named['prod_addr']]
    if isinstance(named.get('class_code'), list):
        named['class_code'] = ''.join(named['class_code'])
    return named


def downgrade() -> None:
    with op.batch_alter_table('filing', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_filing_bundle_id'))
        batch_op.drop_column('certificate_id')
        batch_op.drop_column('based_on')
        batch_op.drop_column('bundle_id')
        batch_op.drop_column('decided_at')
        batch_op.drop_column('accepted_at')
    op.drop_table('backoffice_event')
    op.drop_table('deficiency_notice')
    op.drop_table('historical_value')
    with op.batch_alter_table('historical_record', schema=None) as batch_op:
        batch_op.drop_index('ix_historical_record_item')
        batch_op.drop_index('ix_historical_record_number')
        batch_op.drop_index('ix_historical_record_newest')
        batch_op.drop_index('ix_historical_record_owner')
        batch_op.drop_column('issued_on')
        batch_op.drop_column('status')
        batch_op.drop_column('number')
        batch_op.alter_column('expires_on', new_column_name='valid_to', existing_type=sa.Date())
        batch_op.alter_column('service_item_code', new_column_name='subject', existing_type=sa.String(length=60))
    with op.batch_alter_table('historical_record', schema=None) as batch_op:
        batch_op.create_index('ix_historical_record_owner', ['enterprise_id', 'kind'], unique=False)
