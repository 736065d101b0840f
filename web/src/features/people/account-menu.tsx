import { useQuery } from "@tanstack/react-query";
import { CircleUser, LogOut } from "lucide-react";
import { chooseSpace, signOut } from "@/api";
import { readMeOptions } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Menu, MenuChoice, MenuItem } from "@/components/ui/menu";
import { peopleStrings } from "@/strings/people";

/** Who is signed in, and in which space. Nothing where there are no accounts. */
export function AccountMenu() {
  const me = useQuery(readMeOptions());
  if (!me.data?.accounts) return null;
  const { spaces, space_id, email, name } = me.data;
  return (
    <Menu
      trigger={
        <Button kind="ghost" size="icon" aria-label={`${peopleStrings.menu.label}: ${email ?? name}`}>
          <CircleUser />
        </Button>
      }
    >
      {space_id && (
        <MenuChoice
          label={peopleStrings.menu.space}
          value={space_id}
          options={spaces.map((each) => ({ value: each.id, label: each.name }))}
          onChange={async (next) => {
            await chooseSpace({ body: { space_id: next }, throwOnError: true });
            window.location.assign("/"); // all that is shown belongs to the other space
          }}
        />
      )}
      <MenuItem
        onSelect={async () => {
          await signOut({ throwOnError: true });
          window.location.assign("/");
        }}
      >
        <LogOut />
        {peopleStrings.menu.signOut}
      </MenuItem>
    </Menu>
  );
}
