"""Money: what was spent, what may be spent, and who would make a job for how much."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response

from rushes.api.deps import JobId, Owner, Run
from rushes.api.examples import answers
from rushes.api.problems import problems
from rushes.engine.views import JobSettings
from rushes.money import actions
from rushes.money.budgets import read_budgets
from rushes.money.costs import read_costs
from rushes.money.views import Budgets, BudgetsView, By, CapView, CostRow, CostsView, JobBudget
from rushes.planning.routing import Explained, explain
from rushes.planning.rules import Considered
from rushes.providers.video_contract import Mode

router = APIRouter(prefix="/api", tags=["money"])

Since = Annotated[date | None, Query(alias="from", description="The first day (UTC).")]
Until = Annotated[date | None, Query(alias="to", description="The last day (UTC).")]
ByWhat = Annotated[By, Query(description="What to add up by.")]
COSTS = CostsView(
    by=By.DAY,
    rows=[
        CostRow(
            key="2026-03-14",
            label="2026-03-14",
            submissions=12,
            videos=24,
            settled=Decimal("9.60"),
            open=Decimal("0.80"),
        )
    ],
    settled=Decimal("9.60"),
    open=Decimal("0.80"),
)
BUDGETS = BudgetsView(day=CapView.of(Decimal(20), Decimal("10.40")), month=CapView.of(None, Decimal("83.20")))
NO_KEYS = "You have no key and no account yet; this one needs none."
ROUTE = Explained(
    provider="animatic",
    model="animatic-1",
    reason=NO_KEYS,
    considered=[
        Considered(provider="omni", chosen=False, reason="You have no key for it."),
        Considered(
            provider="animatic",
            chosen=True,
            reason=NO_KEYS,
        ),
    ],
    price_per_video=Decimal(0),
)
CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The same rows.",
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": actions.costs_csv(COSTS),
            }
        },
    }
}


@router.get("/costs", responses=answers(COSTS, "What was spent."), summary="Add up costs")
async def read_all_costs(
    run: Run, owner: Owner, by: ByWhat = By.DAY, since: Since = None, until: Until = None
) -> CostsView:
    """What was spent, by the ledger, which outlives deleted jobs. Days are UTC, those of the submission."""
    async with run.db.statement() as session:
        return await read_costs(session, owner, by, since=since, until=until)


@router.get("/costs.csv", response_class=Response, responses=CSV, summary="Export costs")
async def export_costs(
    run: Run, owner: Owner, by: ByWhat = By.DAY, since: Since = None, until: Until = None
) -> Response:
    """Return the same costs as CSV for a spreadsheet."""
    costs = await read_all_costs(run, owner, by, since, until)
    return Response(
        actions.costs_csv(costs).encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="costs-by-{by}.csv"'},
    )


@router.get("/budgets", responses=answers(BUDGETS, "Your caps."), summary="Look at budgets")
async def get_budgets(run: Run, owner: Owner) -> BudgetsView:
    """Your caps for a day and a month, and what is used of them."""
    async with run.db.statement() as session:
        return await read_budgets(session, owner)


@router.put("/budgets", responses=answers(BUDGETS, "Your caps as they are now."), summary="Set budgets")
async def put_budgets(
    budgets: Annotated[Budgets, Body(openapi_examples={"both": {"value": {"day": "5", "month": "50"}}})],
    run: Run,
    owner: Owner,
) -> BudgetsView:
    """Set your caps. They stop new submissions and touch none that is in progress; raised, work continues."""
    return await actions.put_budgets(run, owner, budgets)


@router.put(
    "/jobs/{job_id}/budget",
    status_code=204,
    responses=problems(not_found="There is no such job.", conflict="The job has ended."),
    summary="Set a job's budget",
)
async def put_job_budget(
    job_id: JobId,
    budget: Annotated[JobBudget, Body(openapi_examples={"cap": {"value": {"budget": "12.50"}}})],
    run: Run,
    owner: Owner,
) -> Response:
    """Set the cap of one job. Raised, it continues automatically."""
    await actions.put_job_budget(run, owner, job_id, budget.budget)
    return Response(status_code=204)


@router.get("/route", responses=answers(ROUTE, "Who would make it."), summary="Explain the choice")
async def explain_route(
    run: Run,
    owner: Owner,
    provider: Annotated[str | None, Query(description="The one you name.")] = None,
    model: Annotated[str | None, Query(description="A model.")] = None,
    aspect_ratio: Annotated[str | None, Query(description="Such as 16:9.")] = None,
    resolution: Annotated[str | None, Query(description="Such as 720p.")] = None,
    duration_seconds: Annotated[int | None, Query(ge=1, le=600, description="Of a video.")] = None,
    outputs: Annotated[int, Query(ge=1, le=8, description="Videos per shot.")] = 1,
    mode: Annotated[list[Mode] | None, Query(description="What shots start from.")] = None,
) -> Explained:
    """Who would make a job like this, why, what was said against the others, and what a video would cost."""
    given = {
        "provider": provider,
        "model": model,
        "aspect_ratio": aspect_ratio,
        "resolution": resolution,
        "duration_seconds": duration_seconds,
        "outputs": outputs,
    }
    settings = JobSettings.model_validate({name: value for name, value in given.items() if value is not None})
    return await explain(run, owner, settings, frozenset(mode or ()))
