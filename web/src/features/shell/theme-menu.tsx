import { Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Menu, MenuChoice } from "@/components/ui/menu";
import { chosenTheme, saveTheme, type Theme } from "@/lib/theme";
import { t } from "@/strings/en";

const options = [
  { value: "system", label: t.theme.system, icon: <Monitor /> },
  { value: "dark", label: t.theme.dark, icon: <Moon /> },
  { value: "light", label: t.theme.light, icon: <Sun /> },
] as const;

export function ThemeMenu() {
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  const Icon = { system: Monitor, dark: Moon, light: Sun }[theme];
  return (
    <Menu
      trigger={
        <Button kind="ghost" size="icon" aria-label={t.theme.label}>
          <Icon />
        </Button>
      }
    >
      <MenuChoice
        label={t.theme.label}
        value={theme}
        options={options}
        onChange={(next) => {
          saveTheme(next);
          setTheme(next);
        }}
      />
    </Menu>
  );
}
