import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { revokeShare, type ShareView } from "@/api";
import { readGuestReviewsOptions } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { ago } from "@/lib/format";
import { said } from "@/lib/problem";
import { shareStrings as strings } from "@/strings/sharing";

/** One link: how often it was opened, what guests said, and the end of it. */
export function ShareLine({ share, onGone }: { share: ShareView; onGone: () => unknown }) {
  const [reading, setReading] = useState(false);
  const revoke = useMutation({
    mutationFn: () => revokeShare({ path: { share_id: share.share_id }, throwOnError: true }),
    onError: (error) => toast.error(said(error)),
    onSuccess: onGone,
  });
  const reviews = useQuery({
    ...readGuestReviewsOptions({ path: { share_id: share.share_id } }),
    enabled: reading,
  });
  const expired = new Date(share.expires_at).getTime() <= Date.now();
  const facts = [
    strings.madeAgo(ago(share.created_at)),
    expired ? strings.expired : strings.until(new Date(share.expires_at).toLocaleDateString()),
    strings.views(share.views),
    strings.downloads(share.downloads),
    share.password ? strings.locked : "",
  ].filter(Boolean);
  return (
    <li className="flex min-w-0 flex-wrap items-center gap-2 text-sm">
      <span className="min-w-0 flex-1">
        <span className="block truncate">{share.name}</span>
        <span className="block text-faint text-xs">{facts.join(" · ")}</span>
        {reading &&
          reviews.data?.map((each) => (
            <span key={`${each.guest}${each.video_id}`} className="block text-muted text-xs">
              {each.guest}: {"★".repeat(each.stars)} {each.note}
            </span>
          ))}
      </span>
      {share.reviews > 0 && !reading && (
        <Button size="sm" onClick={() => setReading(true)}>
          {strings.reviews(share.reviews)}
        </Button>
      )}
      <Button
        size="sm"
        aria-label={`${strings.revoke}: ${share.name}`}
        disabled={revoke.isPending}
        onClick={() => revoke.mutate()}
      >
        {strings.revoke}
      </Button>
    </li>
  );
}
