"""The contract of `RevocationStore`: what was logged out stays so; and MongoDB forgets it after the token's end."""

from datetime import timedelta

from app.services.stores import RevocationStore
from app.store.database import Database
from tests.domain_values import NOW


async def test_a_token_is_logged_out_for_good_and_no_other_is(revocations: RevocationStore) -> None:
    for until in (NOW, NOW + timedelta(days=1), NOW):
        await revocations.revoke("one", until)
    await revocations.revoke("two", NOW)
    assert await revocations.revoked(["one", "three"]) == {"one"}
    assert await revocations.revoked([]) == frozenset()


async def test_mongodb_forgets_a_token_at_its_end(database: Database) -> None:
    indexes = await database["revocations"].index_information()
    assert [one.get("expireAfterSeconds") for one in indexes.values() if one["key"] == [("until", 1)]] == [0]
