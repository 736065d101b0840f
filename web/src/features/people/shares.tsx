import { useQuery, useQueryClient } from "@tanstack/react-query";
import { readSharesOptions, readSharesQueryKey } from "@/api/@tanstack/react-query.gen";
import { ShareLine } from "@/components/share-line";
import { shareStrings as strings } from "@/strings/sharing";
import { Part } from "./parts";

/** All share links of the space. */
export function Shares() {
  const client = useQueryClient();
  const shares = useQuery(readSharesOptions());
  return (
    <Part title={strings.all} error={shares.error}>
      {shares.data?.length === 0 && <p className="text-muted text-sm">{strings.none}</p>}
      <ul className="flex flex-col gap-2">
        {shares.data?.map((each) => (
          <ShareLine
            key={each.share_id}
            share={each}
            onGone={() => client.invalidateQueries({ queryKey: readSharesQueryKey() })}
          />
        ))}
      </ul>
    </Part>
  );
}
