"""Estates, their repair funds and the companies that serve them, and single buildings: a sector of the city."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from data.demo import estate_lives, ratings, repair_fund, single_buildings
from data.demo.estate_lives import Estate as Plan
from data.demo.estate_lives import State
from data.demo.market import DISTRICTS
from data.demo.names import property_company
from data.demo.projects import Project
from data.demo.repair_fund import Entry
from data.demo.sector import Rows, Sector
from data.demo.single_buildings import Building
from data.demo.site import Gathered, Parts, Row, Window, line_up, to_date
from data.ingest.derive_estates import entry_bounds, estate_bounds
from data.models import Estate, EstateRegister, RepairFundEntry, ScoreRecord, SmartBuildProject

if TYPE_CHECKING:
    from data.demo.city import City


def rows(city: City, after: list[int], until: list[int]) -> dict[type, Rows]:
    """Rows of the sector that come or change after ``after`` and by ``until``, days by district."""
    windows = [Window(*days, city.since) for days in zip(after, until, strict=True)]
    seed = city.market.seed
    names: list[Row] = []
    versions, bookings, scores, files = Gathered(), Gathered(), Gathered(), Gathered()
    for estate in _estates(city):
        window = windows[estate.district]
        if estate.begins > window.until:
            continue
        if window.holds(estate.begins):
            names.append({**_key(estate), "estate_name": estate.name, "district_id": _place(estate)["district_id"]})
        _add_versions(versions, window, estate, estate_lives.states(seed, estate, window.until))
        _add_bookings(bookings, window, estate, repair_fund.entries(seed, estate, window.until))
    for company in ratings.companies():
        window = windows[ratings.district_of(company)]
        _add_scores(scores, window, company, ratings.scores(seed, company, window.until))
    for project in city.projects:
        _add_buildings(files, windows[project.district], project, single_buildings.buildings(seed, project))
    return {
        EstateRegister: Rows(names),
        Estate: Rows(versions.added, versions.changed),
        RepairFundEntry: Rows(bookings.added, bookings.changed),
        ScoreRecord: Rows(scores.added, scores.changed),
        SmartBuildProject: Rows(files.added, files.changed),
    }


def _estates(city: City) -> Iterator[Plan]:
    """Older estates, and what the city's projects have become since the window began."""
    yield from estate_lives.older(city.market.seed, city.scale)
    for project in city.projects:
        if project.delivered >= city.since and not project.office:
            yield estate_lives.handed_over(city.market.seed, project)


def _key(estate: Plan) -> Row:
    return {"estate_code": estate.code}


def _place(estate: Plan) -> Row:
    return {"region_id": estate.town, "district_id": DISTRICTS[estate.district].id}


def _add_versions(rows: Gathered, window: Window, estate: Plan, states: list[State]) -> None:
    def parts(state: State, valid_to: int | None) -> Parts:
        term = to_date(state.term_until)
        stated = {"valid_from": to_date(state.valid_from), "owner_body": state.body, "term_until_on": term}
        key = {**_key(estate), "valid_from": stated["valid_from"]}
        return key, dict(estate_bounds(stated, to_date(valid_to))), {**_place(estate), **stated, **_told(estate, state)}

    line_up(rows, window, states, lambda state: state.valid_from, parts)


def _told(estate: Plan, state: State) -> Row:
    """What a version says besides its days and its owner body's term."""
    name, code = (None, None) if state.company is None else property_company(state.company)
    pumped = estate.pumps > 0
    handed = min(estate.pumps, (state.valid_from + estate.number) % (estate.pumps + 1)) if pumped else 0
    return {
        "estate_name": estate.name,
        "estate_type": estate.kind,
        "build_band": estate.band,
        "managed": "no" if state.company is None else "yes",
        "company_name": name,
        "usc_code": code,
        "body_eligible": "yes" if state.eligible else "no",
        "filing_no": state.filing_no,
        "building_qty": estate.buildings,
        "household_qty": estate.households,
        "area_m2": estate.area,
        "second_supply": "yes" if pumped else "no",
        "supply_handed": "yes" if pumped and handed == estate.pumps else "no",
        "pump_house_qty": estate.pumps,
        "pump_handed_qty": handed,
    }


def _add_bookings(rows: Gathered, window: Window, estate: Plan, entries: list[Entry]) -> None:
    account = repair_fund.account_no(estate)

    def parts(entry: Entry, next_on: int | None) -> Parts:
        told = {
            **_place(estate),
            **_key(estate),
            "account_no": account,
            "booked_on": to_date(entry.booked_on),
            "direction": entry.direction,
            "repair_item": entry.item,
            "amount_yuan": entry.amount,
            "balance_yuan": entry.balance,
        }
        return {"entry_no": entry.entry_no}, entry_bounds({"account_no": account}, to_date(next_on)), told

    line_up(rows, window, entries, lambda entry: entry.booked_on, parts)


def _add_scores(rows: Gathered, window: Window, company: int, scores: list[ratings.Score]) -> None:
    name, code = property_company(company)
    district = DISTRICTS[ratings.district_of(company)].id

    def parts(score: ratings.Score, valid_to: int | None) -> Parts:
        key = {"subject_code": code, "score_kind": "property_company", "valid_from": to_date(score.published)}
        told = {
            "region_id": district,
            "district_id": district,
            "subject_name": name,
            "entity_type": "property",
            "period_name": score.period,
            "score": score.points,
            "band": score.band,
            "award_level": None,
        }
        return key, {"valid_to": to_date(valid_to)}, told

    line_up(rows, window, scores, lambda score: score.published, parts)


def _add_buildings(rows: Gathered, window: Window, project: Project, buildings: list[Building]) -> None:
    """File buildings on their day, as they stand at the window's end; later only what happens to them changes."""
    for building in buildings:
        if building.filed > window.until or building.accepted <= window.since:
            continue
        key = {"building_no": building.number}
        now = {
            "permitted_on": to_date(building.permitted) if building.permitted <= window.until else None,
            "accepted_on": to_date(building.accepted) if building.accepted <= window.until else None,
            "stage": single_buildings.stage(building, window.until),
        }
        if building.filed > window.after:
            rows.added.append({**key, **now, **_built(project, building)})
        elif window.holds(building.permitted) or window.holds(building.accepted):
            rows.changed.append({**key, **now})


def _built(project: Project, building: Building) -> Row:
    def word(true: bool) -> str:
        return "yes" if true else "no"

    return {
        "region_id": project.town,
        "district_id": DISTRICTS[project.district].id,
        "building_name": building.name,
        "project_code": project.project_code,
        "drawing_passed_on": to_date(building.passed),
        "floor_area_m2": building.area,
        "use": building.use,
        "good_house": word(building.good),
        "standard_version": building.standard,
        "land_type": building.land,
        "civil": "yes",
        "prefab": word(building.prefab),
        "structure": building.structure,
        "green_star": building.green,
        "bim_required": word(building.bim_required),
        "bim_passed": word(building.bim_passed),
        "pilot": word(building.pilot),
        "technology": building.technology,
    }


SECTOR = Sector((Estate, RepairFundEntry, ScoreRecord, SmartBuildProject), rows, (EstateRegister,))
