import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { createShare, type NewShare, type ShareView } from "@/api";
import { readSharesOptions, readSharesQueryKey } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select, Toggle } from "@/components/ui/field";
import { said } from "@/lib/problem";
import { shareStrings as strings } from "@/strings/sharing";
import { ShareLine } from "./share-line";

const DAYS = [1, 7, 14, 30, 90] as const;
const TWO_WEEKS = 14;

/** What is shared: a job, some takes, or a film. */
export type Shared = Pick<NewShare, "job_id" | "video_ids" | "film_id">;

/** Makes a link to it, and lists the links of the space. */
export function ShareDialog({ what, onClose }: { what: Shared; onClose: () => void }) {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: readSharesQueryKey() });
  const [days, setDays] = useState(TWO_WEEKS);
  const [password, setPassword] = useState("");
  const [download, setDownload] = useState(true);
  const [feedback, setFeedback] = useState(false);
  const [url, setUrl] = useState<string>();
  const create = useMutation({
    mutationFn: () =>
      createShare({
        body: { ...what, days, password: password || null, download, feedback },
        throwOnError: true,
      }),
    onSuccess: async (made) => {
      setUrl(made.data.url);
      await again();
    },
  });
  const shares = useQuery(readSharesOptions());
  const these = (shares.data ?? []).filter((each) => shows(each, what));
  return (
    <Dialog
      open
      onClose={onClose}
      title={strings.title}
      text={strings.text}
      footer={
        <>
          <Button onClick={onClose}>{strings.close}</Button>
          <Button kind="primary" disabled={create.isPending} onClick={() => create.mutate()}>
            {strings.create}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label={strings.days}>
          {(ids) => (
            <Select {...ids} value={days} onChange={(event) => setDays(Number(event.target.value))}>
              {DAYS.map((each) => (
                <option key={each} value={each}>
                  {strings.daysOf(each)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={strings.password} hint={strings.passwordHint}>
          {(ids) => (
            <Input
              {...ids}
              autoComplete="off"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <Toggle
          label={strings.download}
          checked={download}
          onChange={(event) => setDownload(event.target.checked)}
        />
        {!what.film_id && (
          <Toggle
            label={strings.feedback}
            checked={feedback}
            onChange={(event) => setFeedback(event.target.checked)}
          />
        )}
        {create.error && (
          <p role="alert" className="text-bad text-sm">
            {said(create.error)}
          </p>
        )}
        {url && (
          <div className="flex items-end gap-2">
            <div className="min-w-0 flex-1">
              <Field label={strings.made}>
                {(ids) => <Input {...ids} readOnly value={url} onFocus={(event) => event.target.select()} />}
              </Field>
            </div>
            <Button
              onClick={() =>
                void navigator.clipboard
                  .writeText(url)
                  .then(() => toast.success(strings.copied))
                  .catch(() => toast(url))
              }
            >
              {strings.copy}
            </Button>
          </div>
        )}
        {these.length > 0 && (
          <section className="flex flex-col gap-2" aria-label={strings.links}>
            <h3 className="font-medium text-sm">{strings.links}</h3>
            <ul className="flex flex-col gap-2">
              {these.map((each) => (
                <ShareLine key={each.share_id} share={each} onGone={again} />
              ))}
            </ul>
          </section>
        )}
      </div>
    </Dialog>
  );
}

function shows(share: ShareView, what: Shared): boolean {
  if (what.job_id) return share.job_id === what.job_id;
  if (what.film_id) return share.film_id === what.film_id;
  return share.video_ids?.some((each) => what.video_ids?.includes(each)) ?? false;
}
