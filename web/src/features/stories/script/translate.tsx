import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Languages } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Field, Select } from "@/components/ui/field";
import * as api from "@/features/stories/api";
import type { Story } from "@/features/stories/document";
import { languageChoices } from "@/features/stories/languages";
import { priceWords } from "@/features/stories/price";
import { useHasWriter } from "@/features/stories/use-providers";
import { useEstimate } from "@/features/stories/use-story";
import { said } from "@/lib/problem";
import { scriptStrings } from "@/strings/story-script";

const words = scriptStrings.translate;

/** A copy of the story in another language; its script is translated at once, the rest when wanted. */
export function Translate({ story }: { story: Story }) {
  const navigate = useNavigate();
  const own = story.document.language;
  const [language, setLanguage] = useState(own.startsWith("de") ? "en" : "de");
  const hasWriter = useHasWriter();
  const estimate = useEstimate(story.story_id);
  const price = estimate.data ? priceWords(Number(estimate.data.rewrite_cost)) : "";
  const translate = useMutation({
    mutationFn: async () => {
      const copy = await api.translateStory(story.story_id, { language, run: false });
      await api.runStory(copy.story_id, "script");
      return copy.story_id;
    },
    onError: (error) => toast.error(said(error)),
    onSuccess: (storyId) => {
      toast.success(words.done);
      void navigate({ to: "/stories/$storyId/{-$tab}", params: { storyId, tab: "script" } });
    },
  });
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <Field label={words.language} hideLabel>
            {(ids) => (
              <Select {...ids} value={language} onChange={(event) => setLanguage(event.target.value)}>
                {languageChoices(language)
                  .filter((each) => each.value !== own)
                  .map((each) => (
                    <option key={each.value} value={each.value}>
                      {each.label}
                    </option>
                  ))}
              </Select>
            )}
          </Field>
        </div>
        <Button disabled={translate.isPending || !hasWriter} onClick={() => translate.mutate()}>
          <Languages />
          {words.go}
          {price && hasWriter && <span className="font-normal text-muted">· {price}</span>}
        </Button>
      </div>
      <p className="text-faint text-xs">
        {words.hint}{" "}
        {!hasWriter && (
          <>
            {words.needsKey}{" "}
            <Link to="/settings" hash="providers" className="font-medium underline underline-offset-2">
              {scriptStrings.outlineKeys}
            </Link>
          </>
        )}
      </p>
    </div>
  );
}
