"""Where a page is in a list, as every list of the API says it."""

from pydantic import BaseModel


class Pagination(BaseModel):
    """Where a page is in the whole. The names are those that page libraries expect."""

    page: int
    limit: int
    total: int
    # The wire's own spelling, given by the API's contract.
    totalPages: int  # noqa: N815
    hasNext: bool  # noqa: N815
    hasPrev: bool  # noqa: N815

    @classmethod
    def of(cls, *, page: int, limit: int, total: int) -> "Pagination":
        """The page `page` (1-based) of `total` things, `limit` a page."""
        pages = -(-total // limit)
        return cls(
            page=page,
            limit=limit,
            total=total,
            totalPages=pages,
            hasNext=page < pages,
            hasPrev=page > 1,
        )
