import { Link } from "@tanstack/react-router";
import { FileText, Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { Nothing } from "@/components/ui/states";
import { moved } from "@/features/stories/document";
import { addSection, reorder } from "@/features/stories/edits";
import { RunButton } from "@/features/stories/run-button";
import type { TabProps } from "@/features/stories/tabs";
import { useEdit } from "@/features/stories/use-story";
import { scriptStrings as words } from "@/strings/story-script";
import { Analysis, notesOf, useAnalysis } from "./analysis";
import { History } from "./history";
import { Improve } from "./improve";
import { SectionBlock } from "./section-block";
import { Translate } from "./translate";
import { useReorder } from "./use-reorder";

/** The script as a document, with what can be said of it beside it. */
export function Tab({ story }: TabProps) {
  const edit = useEdit(story.story_id);
  const analysis = useAnalysis(story);
  const [said, setSaid] = useState("");
  const { sections, is_outline } = story.document;
  const ids = sections.map((each) => each.id);

  function put(order: string[], id: string): void {
    edit.mutate(reorder(order));
    setSaid(words.movedTo(order.indexOf(id) + 1, order.length));
  }
  const drag = useReorder({ ids, onOrder: put });
  const add = (
    <Button onClick={() => edit.mutate(addSection({}, null))}>
      <Plus />
      {words.add}
    </Button>
  );
  return (
    <div className="mx-auto grid w-full max-w-6xl items-start gap-x-8 gap-y-6 px-4 py-5 sm:px-6 lg:grid-cols-[minmax(0,1fr)_19rem]">
      <section aria-label={words.sections} className="flex min-w-0 flex-col gap-3">
        {is_outline && <Outline />}
        {sections.length === 0 ? (
          <Nothing
            icon={FileText}
            title={words.empty}
            text={words.emptyText}
            className="rounded-xl border border-line border-dashed"
          >
            <RunButton story={story} until="script" />
            {add}
          </Nothing>
        ) : (
          <>
            {sections.map((section, place) => (
              <div key={section.id} className="relative">
                {drag.place === place && <DropLine />}
                <SectionBlock
                  story={story}
                  section={section}
                  place={place}
                  figures={analysis.data?.sections.find((each) => each.section_id === section.id)}
                  notes={notesOf(analysis.data, section.id)}
                  handle={drag.handle(section.id)}
                  dragged={drag.dragged === section.id}
                  onMove={(to) => put(moved(ids, section.id, to), section.id)}
                />
              </div>
            ))}
            <div className="relative">
              {drag.place === sections.length && <DropLine />}
              {add}
            </div>
          </>
        )}
        <p role="status" className="sr-only">
          {said}
        </p>
      </section>
      <aside className="flex min-w-0 flex-col gap-6 lg:sticky lg:top-16 lg:max-h-[calc(100dvh-5rem)] lg:overflow-y-auto lg:pr-1">
        {sections.length > 0 && (
          <Panel title={words.analysis.title}>
            <Analysis analysis={analysis.data} failed={analysis.isError && !analysis.data} />
          </Panel>
        )}
        {sections.length > 0 && (
          <>
            <Panel title={words.improve.title}>
              <Improve story={story} />
            </Panel>
            <Panel title={words.translate.title}>
              <Translate story={story} />
            </Panel>
          </>
        )}
        <Panel title={words.history.title}>
          <History story={story} />
        </Panel>
      </aside>
    </div>
  );
}

function DropLine() {
  return <div className="-top-2 absolute inset-x-0 h-0.5 rounded-full bg-accent-fill" />;
}

function Outline() {
  return (
    <p className="rounded-lg bg-wait-soft px-3 py-2 text-wait">
      <strong className="font-semibold">{words.outline}.</strong> {words.outlineText}{" "}
      <Link to="/settings" hash="providers" className="font-medium underline underline-offset-2">
        {words.outlineKeys}
      </Link>
    </p>
  );
}

function Panel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-2">
      <h2 className="font-semibold text-sm">{title}</h2>
      {children}
    </section>
  );
}
