import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { readProjectsOptions } from "@/api/@tanstack/react-query.gen";
import { Input, Select } from "@/components/ui/field";
import { Segments } from "@/components/ui/segments";
import { KINDS, type LibrarySearch, librarySearch, SHOWN, SIZES, SORTS } from "@/lib/library-search";
import { libraryStrings } from "@/strings/library";
import { reviewStrings } from "@/strings/review";

export type LibrarySize = (typeof SIZES)[number];

type Props = {
  search: LibrarySearch;
  onSearch: (next: LibrarySearch) => void;
  providers: readonly string[];
  size: LibrarySize;
  onSize: (size: LibrarySize) => void;
};

const TYPING_MS = 250;

/** What is looked for in the library, and how it is shown. */
export function LibraryFilters({ search, onSearch, providers, size, onSize }: Props) {
  const [typed, setTyped] = useState(search.q ?? "");
  const { data: projects = [] } = useQuery(readProjectsOptions());
  useEffect(() => setTyped(search.q ?? ""), [search.q]);
  useEffect(() => {
    if (typed === (search.q ?? "")) return;
    const timer = setTimeout(() => onSearch(librarySearch({ ...search, q: typed })), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, search, onSearch]);
  const set = (name: keyof LibrarySearch) => (value: string) =>
    onSearch(librarySearch({ ...search, [name]: value }));
  return (
    <search className="flex flex-wrap items-end gap-2">
      <div className="relative min-w-48 flex-1 basis-full sm:max-w-80 sm:basis-auto">
        <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-faint" />
        <Input
          type="search"
          aria-label={libraryStrings.search}
          placeholder={libraryStrings.search}
          value={typed}
          className="bg-surface! pl-8!"
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      <Choice label={libraryStrings.show} value={search.show ?? "all"} onChange={set("show")}>
        {SHOWN.map((each) => (
          <option key={each} value={each}>
            {libraryStrings.shows[each]}
          </option>
        ))}
      </Choice>
      <Choice label={libraryStrings.stars} value={String(search.stars ?? 0)} onChange={set("stars")}>
        {[0, 1, 2, 3, 4, 5].map((least) => (
          <option key={least} value={least}>
            {least === 0 ? reviewStrings.stars.any : reviewStrings.stars.least(least)}
          </option>
        ))}
      </Choice>
      <Choice label={libraryStrings.provider} value={search.provider ?? ""} onChange={set("provider")}>
        <option value="">{libraryStrings.anyProvider}</option>
        {providers.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </Choice>
      <Choice label={libraryStrings.kind} value={search.kind ?? ""} onChange={set("kind")}>
        <option value="">{libraryStrings.anyKind}</option>
        {KINDS.map((each) => (
          <option key={each} value={each}>
            {libraryStrings.kinds[each]}
          </option>
        ))}
      </Choice>
      {projects.length > 0 && (
        <Choice label={libraryStrings.project} value={search.project ?? ""} onChange={set("project")}>
          <option value="">{libraryStrings.anyProject}</option>
          {projects.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </Choice>
      )}
      <Choice label={libraryStrings.date} value={String(search.days ?? "")} onChange={set("days")}>
        <option value="">{libraryStrings.anyDate}</option>
        {Object.entries(libraryStrings.days).map(([days, name]) => (
          <option key={days} value={days}>
            {name}
          </option>
        ))}
      </Choice>
      <Choice label={libraryStrings.sort} value={search.sort ?? "newest"} onChange={set("sort")}>
        {SORTS.map((each) => (
          <option key={each} value={each}>
            {libraryStrings.sorts[each]}
          </option>
        ))}
      </Choice>
      <span className="ml-auto flex gap-2">
        <Segments
          label={libraryStrings.layout}
          hideLabel
          value={search.by ?? "flat"}
          options={(["flat", "shot"] as const).map((value) => ({
            value,
            label: libraryStrings.layouts[value],
          }))}
          onChange={set("by")}
        />
        <Segments
          label={libraryStrings.size}
          hideLabel
          value={size}
          options={SIZES.map((value) => ({ value, label: libraryStrings.sizes[value] }))}
          onChange={onSize}
        />
      </span>
    </search>
  );
}

type ChoiceProps = { label: string; value: string; onChange: (value: string) => void; children: ReactNode };

function Choice({ label, value, onChange, children }: ChoiceProps) {
  return (
    <Select
      aria-label={label}
      value={value}
      className="w-auto! max-w-44 bg-surface!"
      onChange={(event) => onChange(event.target.value)}
    >
      {children}
    </Select>
  );
}
