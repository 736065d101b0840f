import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, lazyRouteComponent } from "@tanstack/react-router";
import { FilmIcon } from "lucide-react";
import { readJobOptions, readProvidersOptions, readVideosOptions } from "@/api/@tanstack/react-query.gen";
import { buttonLook } from "@/components/ui/button";
import { Failed, Nothing, Skeleton } from "@/components/ui/states";
import { JobHeader } from "@/features/job/header";
import { Review } from "@/features/takes/review";
import { problemOf } from "@/lib/problem";
import { useTab } from "@/lib/tab";
import { appStrings } from "@/strings/app";

const route = getRouteApi("/jobs/$jobId");
const Draft = lazyRouteComponent(() => import("@/features/batch/draft"), "Draft");
const NO_SUCH = [404, 422]; // 422: the address is no id at all
const LONGEST_PROMPT = 2000;

export function Job() {
  const { jobId } = route.useParams();
  const { show = "all", stars = 0, video, reason, fix } = route.useSearch();
  const navigate = route.useNavigate();
  const path = { job_id: jobId };
  const job = useQuery(readJobOptions({ path }));
  const videos = useQuery(readVideosOptions({ path }));
  const providers = useQuery(readProvidersOptions());
  const name = job.data?.job_name;
  useTab(name, job.data?.status === "processing" ? job.data.progress : null);

  const error = job.error ?? videos.error;
  if (error && NO_SUCH.includes(problemOf(error).status)) {
    return (
      <Nothing page icon={FilmIcon} title={appStrings.job.notFound} text={appStrings.job.notFoundText}>
        <Link to="/" className={buttonLook()}>
          {appStrings.common.back}
        </Link>
      </Nothing>
    );
  }
  if (error && !(job.data && videos.data)) {
    return <Failed page error={error} onRetry={() => Promise.all([job.refetch(), videos.refetch()])} />;
  }
  if (!job.data || !videos.data) {
    return (
      <div className="flex flex-col gap-4 px-4 py-5 sm:px-6">
        <Skeleton className="h-16" />
        <Skeleton className="h-44" />
        <Skeleton className="h-44" />
        <Skeleton className="h-44" />
      </div>
    );
  }
  if (job.data.status === "pending") return <Draft job={job.data} providers={providers.data ?? []} />;
  const maker = providers.data?.find((each) => each.id === job.data.provider);
  return (
    <>
      <JobHeader
        job={job.data}
        videos={videos.data}
        providers={providers.data ?? []}
        onShow={(filter, why) =>
          navigate({ search: { show: filter, ...(why ? { reason: why } : {}) }, resetScroll: false })
        }
        onFix={() => navigate({ search: (now) => ({ ...now, fix: true }), resetScroll: false })}
      />
      <Review
        key={jobId}
        job={job.data}
        videos={videos.data}
        mostChars={maker?.max_prompt_chars ?? LONGEST_PROMPT}
        filter={show}
        onFilter={(next) =>
          navigate({
            search: ({ stars }) => ({
              ...(next === "all" ? {} : { show: next }),
              ...(stars ? { stars } : {}),
            }),
            replace: true,
            resetScroll: false,
          })
        }
        reason={reason}
        fixing={fix === true}
        onFixing={(on) =>
          navigate({
            search: ({ fix: _, ...rest }) => (on ? { ...rest, fix: true } : rest),
            replace: true,
            resetScroll: false,
          })
        }
        stars={stars}
        onStars={(least) =>
          navigate({
            search: ({ stars: _, ...rest }) => (least > 0 ? { ...rest, stars: least } : rest),
            replace: true,
            resetScroll: false,
          })
        }
        videoId={video}
        onOpen={(next) =>
          navigate({
            search: ({ video: _, ...rest }) => (next ? { ...rest, video: next } : rest),
            replace: Boolean(video),
            resetScroll: false,
          })
        }
      />
    </>
  );
}
