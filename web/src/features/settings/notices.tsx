import { useQueryClient } from "@tanstack/react-query";
import { Bell } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Toggle } from "@/components/ui/field";
import { noticeState, notify, switchNotices } from "@/lib/notices";
import { noticesStrings } from "@/strings/notices";
import { settingsStrings } from "@/strings/settings";
import { Section } from "./section";

/** Whether this browser tells of what happens while one looks elsewhere. */
export function Notices() {
  const [state, setState] = useState(noticeState);
  const client = useQueryClient();
  const about = {
    unable: noticesStrings.unable,
    denied: noticesStrings.denied,
    off: noticesStrings.ask,
    on: noticesStrings.on,
  }[state];
  return (
    <Section id="notices" title={settingsStrings.sections.notices} text={noticesStrings.text}>
      <div className="flex flex-wrap items-center gap-3 rounded-xl border border-line bg-surface p-4">
        <Toggle
          className="min-w-0 flex-1 basis-60"
          label={noticesStrings.what}
          hint={about}
          checked={state === "on"}
          disabled={state === "unable" || state === "denied"}
          onChange={async (event) => setState(await switchNotices(client, event.target.checked))}
        />
        {state === "on" && (
          <Button onClick={() => notify(noticesStrings.tried.title, noticesStrings.tried.body, "try")}>
            <Bell />
            {noticesStrings.try}
          </Button>
        )}
      </div>
    </Section>
  );
}
