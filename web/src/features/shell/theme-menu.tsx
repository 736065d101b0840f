import { Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Menu, MenuChoice } from "@/components/ui/menu";
import { chosenTheme, saveTheme, type Theme } from "@/lib/theme";
import { appStrings } from "@/strings/app";

const options = [
  { value: "system", label: appStrings.theme.system, icon: <Monitor /> },
  { value: "dark", label: appStrings.theme.dark, icon: <Moon /> },
  { value: "light", label: appStrings.theme.light, icon: <Sun /> },
] as const;

export function ThemeMenu() {
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  const Icon = { system: Monitor, dark: Moon, light: Sun }[theme];
  return (
    <Menu
      trigger={
        <Button kind="ghost" size="icon" aria-label={appStrings.theme.label}>
          <Icon />
        </Button>
      }
    >
      <MenuChoice
        label={appStrings.theme.label}
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
