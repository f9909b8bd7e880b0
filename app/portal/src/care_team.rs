//! Who looks after the patient, as far as the record says: who is named in a care
//! team, and whom the last visits were with.

use chartkey_domain::{category::Category, id::ItemId, when::Precision};
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error,
    audit::Shown,
    entry::{Disputed, SaidRow, category, local, precision},
    record::Record,
};

/// The most people and places that are listed.
const MEMBERS: usize = 10;

/// A person or a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// What the record calls them.
    pub name: String,
    /// Whether a care team names them.
    pub is_in_team: bool,
    /// Their last visit with the patient, if it is one of the newest visits.
    pub seen: Option<(OffsetDateTime, Precision)>,
    /// Where that was.
    pub place: Option<String>,
    /// The care team, or the visit.
    pub item: ItemId,
    /// Where that belongs.
    pub category: Category,
    /// Who delivered that.
    pub source: String,
    /// What its patient says is wrong, of that or of a visit that is told with it.
    pub disputed: Option<Disputed>,
}

/// A member as the record has it.
struct Row {
    item: Uuid,
    category: i16,
    name: Option<String>,
    is_in_team: bool,
    first_at: Option<OffsetDateTime>,
    precision: Option<i16>,
    utc_offset: Option<i16>,
    place: Option<String>,
    source: String,
    said: Option<Json<Vec<SaidRow>>>,
    is_readers: bool,
}

/// Reads who looks after the patient, and notes them as shown. To anybody but the patient a name goes with a reference
/// whose target they cannot see; the patient is no member of their own team.
pub(crate) async fn team(record: &mut Record, shown: &mut Shown) -> Result<Vec<Member>, Error> {
    let patient = record.whose().patient;
    let rows = sqlx::query_as!(
        Row,
        r#"with team as materialized (
            select item_id, source_id, row_number() over (order by sort_at desc, item_id desc) as team_no from item
            where patient_id = $1 and category = 12 and resource_type = 'CareTeam' and not is_error and (last_at is null or last_at > now())
                and coalesce(status, '') <> all (array['proposed', 'suspended', 'inactive', 'entered-in-error'])
            order by sort_at desc, item_id desc limit 3
        ), visit as materialized (
            select item_id, source_id, first_at, precision, utc_offset, author,
                case when place_is_named or (select gate.own_patient()) is not null then place end as place
            from item i
            where patient_id = $1 and category = 9 and not is_error and sort_at <= now()
                and (author_is_named or (select gate.own_patient()) is not null)
                and (behind = 0 or (select true from item b where b.patient_id = i.patient_id and b.twin = i.twin and b.behind < i.behind
                    and b.author = i.author and (b.author_is_named or (select gate.own_patient()) is not null) limit 1) is null)
            order by sort_at desc, item_id desc limit 20
        ), found as (
            (select t.item_id, 12::smallint as category, coalesce(a.title, r.display) as name, true as is_in_team,
                row_number() over (order by r.ordinal, t.team_no) as nth, null::timestamptz as first_at,
                null::smallint as precision, null::smallint as utc_offset, null::text as place, t.source_id
            from team t join item_reference r on r.patient_id = $1 and r.item_id = t.item_id and r.path = 'participant.member'
            left join attachment a on a.patient_id = $1 and a.item_id = r.target_id
            where (a.title is not null or (select gate.own_patient()) is not null)
                and (select p.resource_type from item p where p.patient_id = $1 and p.item_id = r.target_id) is distinct from 'Patient'
            order by r.ordinal, t.team_no limit 30)
            union all
            select item_id, 9::smallint, author, false, 0, first_at, precision, utc_offset, place, source_id from visit where author is not null
        )
        select f.item_id as "item!", f.category as "category!", f.name, f.is_in_team as "is_in_team!", f.first_at, f.precision, f.utc_offset, f.place,
            s.name as source, (select gate.own_patient()) is not null as "is_readers!",
            case when (select gate.disputes()) then
                (select gate.said_here(i.patient_id, i.item_id, i.twin) from item i where i.patient_id = $1 and i.item_id = f.item_id) end as "said: _"
        from found f join source s on s.source_id = f.source_id
        -- To the last: an order that is left to PostgreSQL changes with rows that the reader does not see.
        order by f.is_in_team desc, f.nth, f.first_at desc nulls last, f.item_id desc, f.name"#,
        patient.0
    )
    .fetch_all(record.connection())
    .await?;
    let mut members = Vec::new();
    rows.into_iter().for_each(|row| add(&mut members, row));
    members.truncate(MEMBERS);
    shown.members(&members);
    Ok(members)
}

/// Adds a member, once under each name.
fn add(team: &mut Vec<Member>, row: Row) {
    let Some(name) = row.name else { return };
    let seen = row.first_at.map(|first| (local(first, row.utc_offset), precision(row.precision)));
    let disputed = Disputed::of(ItemId(row.item), &[], row.said, 0, row.is_readers);
    if let Some(member) = team.iter_mut().find(|member| member.name == name) {
        let other = disputed.map(|said| said.beside(ItemId(row.item), seen));
        member.disputed = Disputed::and(member.disputed.take(), other);
        if member.seen.is_none() {
            (member.seen, member.place) = (seen, row.place);
        }
        return;
    }
    team.push(Member {
        name,
        is_in_team: row.is_in_team,
        seen,
        place: row.place,
        item: ItemId(row.item),
        category: category(row.category),
        source: row.source,
        disputed,
    });
}

impl Shown {
    /// Notes that these members were shown, with what they rest on.
    fn members(&mut self, team: &[Member]) {
        for member in team {
            self.add(member.item, member.category);
            // Beside the item that it rests on, a member rests on visits alone.
            member.disputed.iter().flat_map(Disputed::others).for_each(|other| self.add(other, Category::Visits));
        }
    }
}
