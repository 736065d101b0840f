import { useMutation } from "@tanstack/react-query";
import { LoaderCircle, Search } from "lucide-react";
import { useState } from "react";
import type { Candidate, PictureForm } from "@/api";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { Segments } from "@/components/ui/segments";
import * as api from "@/features/stories/api";
import type { Section, Story } from "@/features/stories/document";
import { said } from "@/lib/problem";
import { pictureStrings as words } from "@/strings/story-pictures";
import { CandidateTile } from "./candidate";

type Props = {
  story: Story;
  section: Section;
  number: number;
  onUse: (candidate: Candidate) => void;
  onClose: () => void;
};

/** Search every library that can be asked. Free. */
export function FindDialog({ story, section, number, onUse, onClose }: Props) {
  const [text, setText] = useState(section.keywords.join(", "));
  const [form, setForm] = useState<PictureForm>("photo");
  const search = useMutation({
    mutationFn: () => {
      const keywords = text
        .split(",")
        .map((each) => each.trim())
        .filter(Boolean);
      return api.recommendImages({
        keywords: keywords.slice(0, 20),
        text: keywords.length > 0 ? "" : section.narration,
        shape: story.document.shape,
        language: keywords.length > 0 ? "en" : story.document.language,
        form,
      });
    },
  });
  const { data } = search;
  return (
    <Dialog open onClose={onClose} title={words.searchTitle(number)}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          search.mutate();
        }}
      >
        <Field label={words.searchWords}>
          {(ids) => <Input {...ids} value={text} onChange={(event) => setText(event.target.value)} />}
        </Field>
        <div className="flex items-end gap-3">
          <Segments
            label={words.form}
            className="flex-1"
            value={form}
            options={[
              { value: "photo", label: words.photos },
              { value: "clip", label: words.clips },
            ]}
            onChange={setForm}
          />
          <Button type="submit" kind="primary" disabled={search.isPending}>
            {search.isPending ? <LoaderCircle className="animate-spin" /> : <Search />}
            {search.isPending ? words.searching : words.searchGo}
          </Button>
        </div>
      </form>
      {search.error && <p className="text-bad text-sm">{said(search.error)}</p>}
      {data?.troubles.map((each) => (
        <p key={each.source} className="text-wait text-xs">
          {words.trouble(each.source, each.message)}
        </p>
      ))}
      {data && data.candidates.length === 0 && <p className="text-muted text-sm">{words.nothing}</p>}
      {data && data.candidates.length > 0 && (
        <ul className="grid grid-cols-[repeat(auto-fill,9rem)] justify-center gap-3">
          {data.candidates.map((each) => (
            <li key={`${each.provider}/${each.id}`}>
              <CandidateTile
                document={story.document}
                candidate={each}
                onUse={() => {
                  onUse(each);
                  onClose();
                }}
              />
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
