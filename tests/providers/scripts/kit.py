"""What every script provider must do, as tests to inherit: a provider's own test file is mostly data.

    class TestAcme(ScriptKit):
        provider_id = "acme"

One that speaks to a server overrides the fixtures `provider` and `credential`, and points them at a stand-in.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any, ClassVar
from uuid import UUID

import pytest

from rushes.errors import Invalid
from rushes.providers.base import Credential
from rushes.providers.catalogue import load_catalogue
from rushes.providers.kinds import Kind
from rushes.providers.registry import AnyScript, class_of, ids_of, kind_of
from rushes.providers.script_contract import (
    Brief,
    Draft,
    DraftSection,
    ScriptCall,
    ScriptProvider,
    ScriptTask,
)

TEXT = """# How rice grows

Rice takes about 120 days from seed to harvest. Some early kinds need only 90 days, others take 180.

## In the field
After 25 days the seedlings are moved to the paddy by hand. The field is flooded: water keeps weeds away.
Workers check the level every morning.
"""
DRAFT = Draft(
    title="How rice grows",
    language="en",
    sections=[
        DraftSection(narration="Rice takes 120 days. That is four months.", visual_prompt="A field"),
        DraftSection(narration="Water keeps weeds away. It also keeps rice cool.", keywords=["water"]),
        DraftSection(narration="Then comes the harvest. Everybody helps.", on_screen="Harvest"),
    ],
)


class ScriptKit:
    """Inherit it as `Test…`; see the module docstring."""

    provider_id: ClassVar[str]
    shorter: ClassVar[str] = "Make it shorter."
    """An instruction that it can follow."""

    @property
    def provider_class(self) -> type[AnyScript]:
        """Its class, found by its file."""
        cls = class_of(self.provider_id)
        assert issubclass(cls, ScriptProvider)
        return cls

    @pytest.fixture
    async def provider(self) -> AsyncIterator[AnyScript]:
        """The provider, as it is for everybody."""
        provider = self.provider_class(self.provider_class.Settings())
        yield provider
        await provider.close()

    @pytest.fixture
    def credential(self) -> Credential | None:
        """A key, where one is needed."""
        return (
            Credential(UUID(int=1), "test", "key-for-tests-0000") if self.provider_class.credential else None
        )

    def call(
        self, provider: AnyScript, credential: Credential | None, text: str = TEXT, **given: Any
    ) -> ScriptCall[Any]:
        """A call for the first model."""
        task = given.pop("task", ScriptTask.GENERATE)
        options = self.provider_class.Options()
        model = provider.models.models[0].id
        brief = given.pop("brief", Brief(text=text))
        return ScriptCall("call-key-0001", task, brief, model, options, credential=credential, **given)

    def test_it_is_found_by_its_file_and_in_the_catalogue(self):
        """By its id, among its kind."""
        assert self.provider_id in ids_of(Kind.SCRIPT)
        assert (kind_of(self.provider_id), self.provider_class.id) == (Kind.SCRIPT, self.provider_id)
        assert load_catalogue().scripts[self.provider_id].models

    def test_its_options_have_defaults_and_descriptions(self):
        """So that form and flags can be made of them."""
        schema = self.provider_class.Options.model_json_schema().get("properties", {})
        assert all(each.get("description") for each in schema.values())
        self.provider_class.Options.model_validate({})

    async def test_a_text_becomes_sections_that_are_said_in_the_language_asked_for(
        self, provider: AnyScript, credential: Credential | None
    ):
        """Each has something to say; progress goes up and ends at 1."""
        heard: list[float] = []
        written = await provider.write(self.call(provider, credential, progress=heard.append))
        draft = written.draft
        assert draft.title and draft.language == "en" and not draft.is_outline
        assert len(draft.sections) > 1
        assert all(each.narration.strip() and each.visual_prompt and each.keywords for each in draft.sections)
        assert heard == sorted(heard) and heard[-1] == 1.0
        assert written.repairs == 0

    async def test_the_price_is_estimated_and_counted(
        self, provider: AnyScript, credential: Credential | None
    ):
        """Free for one without a key."""
        call = self.call(provider, credential)
        written = await provider.write(call)
        assert written.cost is not None
        assert (provider.estimate(call) > 0) == (written.cost > 0) == (credential is not None)

    async def test_a_locked_section_stays_as_it_is(self, provider: AnyScript, credential: Credential | None):
        """Whatever the instruction says."""
        given: dict[str, Any] = {"task": ScriptTask.IMPROVE, "draft": DRAFT, "instruction": self.shorter}
        written = await provider.write(self.call(provider, credential, locked=frozenset({1}), **given))
        assert written.draft.sections[1] == DRAFT.sections[1]
        assert written.draft.sections != DRAFT.sections, "the others change"

    @pytest.mark.parametrize(
        ("task", "given", "where"),
        [
            (ScriptTask.GENERATE, {"brief": Brief(text=" \n ")}, ("text",)),
            (ScriptTask.IMPROVE, {"instruction": "Make it shorter."}, ("draft",)),
            (ScriptTask.IMPROVE, {"draft": DRAFT, "instruction": " "}, ("instruction",)),
            (ScriptTask.TRANSLATE, {"draft": DRAFT}, ("language", "provider")),
        ],
    )
    async def test_what_is_missing_is_named(
        self,
        provider: AnyScript,
        credential: Credential | None,
        task: ScriptTask,
        given: dict[str, Any],
        where: Sequence[str],
    ):
        """Before anything is paid."""
        with pytest.raises(Invalid) as caught:
            await provider.write(self.call(provider, credential, task=task, **given))
        assert next(fault.where for fault in caught.value.faults) in where
