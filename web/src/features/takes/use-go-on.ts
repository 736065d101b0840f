import { useCallback } from "react";
import { toast } from "sonner";
import { retryFailed } from "@/api";
import { said } from "@/lib/problem";
import { tt } from "@/strings/takes";

/** Let the videos of a job go on that waited for the user. */
export function useGoOn(job_id: string): () => void {
  return useCallback(async () => {
    try {
      const { data } = await retryFailed({ path: { job_id }, throwOnError: true });
      toast.success(tt.trouble.wentOn(data.retried));
    } catch (error) {
      toast.error(said(error));
    }
  }, [job_id]);
}
