import { useState } from "react";
import type { HealthView } from "@/api";
import { buttonLook } from "@/components/ui/button";
import { Segments } from "@/components/ui/segments";
import { count } from "@/lib/format";
import { chosenTheme, saveTheme, type Theme } from "@/lib/theme";
import { appStrings } from "@/strings/app";
import { settingsStrings } from "@/strings/settings";
import { Section } from "./section";

const THEMES: readonly Theme[] = ["system", "dark", "light"];

/** How the page looks, in this browser. */
export function Appearance() {
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  return (
    <Section id="appearance" title={settingsStrings.sections.appearance}>
      <div className="rounded-xl border border-line bg-surface p-4">
        <Segments
          label={settingsStrings.appearance.theme}
          value={theme}
          className="w-96 max-w-full"
          options={THEMES.map((value) => ({ value, label: appStrings.theme[value] }))}
          onChange={(next) => {
            saveTheme(next);
            setTheme(next);
          }}
        />
      </div>
    </Section>
  );
}

/** What this installation is. */
export function About({ health }: { health: HealthView }) {
  return (
    <Section id="about" title={settingsStrings.sections.about}>
      <dl className="flex flex-wrap items-center gap-x-10 gap-y-3 rounded-xl border border-line bg-surface px-4 py-3 text-sm">
        <div>
          <dt className="text-faint text-xs">{settingsStrings.about.version}</dt>
          <dd className="tnum">{health.version}</dd>
        </div>
        <div>
          <dt className="text-faint text-xs">{settingsStrings.about.workers}</dt>
          <dd className={health.workers > 0 ? "tnum" : "text-wait"}>
            {health.workers > 0 ? count(health.workers) : settingsStrings.about.noWorkers}
          </dd>
        </div>
        <div className="ml-auto">
          <dt className="sr-only">{settingsStrings.about.api}</dt>
          <dd>
            <a href="/docs" className={buttonLook()}>
              {settingsStrings.about.api}
            </a>
          </dd>
        </div>
      </dl>
    </Section>
  );
}
