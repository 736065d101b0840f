import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { BookmarkPlus, ChevronDown, Trash2 } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { deletePreset, type ProviderView, savePreset } from "@/api";
import { readPresetsOptions, readPresetsQueryKey } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { Menu, MenuItem } from "@/components/ui/menu";
import { type BatchSettings, fromSettings, toBody } from "@/lib/batch-settings";
import { said } from "@/lib/problem";
import { appStrings } from "@/strings/app";
import { batchStrings } from "@/strings/batch";

type Props = {
  providers: readonly ProviderView[];
  settings: BatchSettings;
  disabled: boolean;
  onChange: (settings: BatchSettings) => void;
};

/** Named settings: one is used, these are saved, one is deleted. */
export function Presets(props: Props) {
  const [naming, setNaming] = useState(false);
  return (
    <>
      <Menu
        trigger={
          <Button kind="ghost" size="sm" disabled={props.disabled}>
            {batchStrings.presets}
            <ChevronDown />
          </Button>
        }
      >
        <Choices {...props} onSave={() => setNaming(true)} />
      </Menu>
      {naming && <SaveDialog settings={props.settings} onClose={() => setNaming(false)} />}
    </>
  );
}

/** What the menu has: asked for when it is opened. */
function Choices({ providers, onChange, onSave }: Props & { onSave: () => void }) {
  const client = useQueryClient();
  const { data: presets = [] } = useQuery(readPresetsOptions());
  const remove = useMutation({
    mutationFn: (preset_id: string) => deletePreset({ path: { preset_id }, throwOnError: true }),
    onError: (error) => toast.error(said(error)),
    onSettled: () => client.invalidateQueries({ queryKey: readPresetsQueryKey() }),
  });
  return (
    <>
      {presets.map((each) => (
        <MenuItem
          key={each.preset_id}
          onSelect={() => {
            const settings = fromSettings(each.settings, providers);
            if (settings) onChange(settings);
            else toast.error(batchStrings.presetUnusable);
          }}
        >
          <span className="max-w-64 truncate">{each.name}</span>
        </MenuItem>
      ))}
      <MenuItem onSelect={onSave}>
        <BookmarkPlus />
        {batchStrings.savePreset}
      </MenuItem>
      {presets.map((each) => (
        <MenuItem key={each.preset_id} danger onSelect={() => remove.mutate(each.preset_id)}>
          <Trash2 />
          <span className="max-w-64 truncate">{batchStrings.deletePreset(each.name)}</span>
        </MenuItem>
      ))}
    </>
  );
}

function SaveDialog({ settings, onClose }: { settings: BatchSettings; onClose: () => void }) {
  const [name, setName] = useState("");
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () =>
      savePreset({ body: { name, settings: { ...toBody(settings), seed: null } }, throwOnError: true }),
    onError: (error) => toast.error(said(error)),
    onSuccess: async () => {
      toast.success(batchStrings.presetSaved);
      onClose();
      await client.invalidateQueries({ queryKey: readPresetsQueryKey() });
    },
  });
  const go = () => name.trim() && !save.isPending && save.mutate();
  return (
    <Dialog
      open
      onClose={onClose}
      title={batchStrings.savePreset}
      text={batchStrings.presetText}
      footer={
        <>
          <Button onClick={onClose}>{appStrings.common.cancel}</Button>
          <Button kind="primary" disabled={!name.trim() || save.isPending} onClick={go}>
            {batchStrings.save}
          </Button>
        </>
      }
    >
      <Field label={batchStrings.presetName}>
        {(ids) => (
          <Input
            {...ids}
            value={name}
            maxLength={100}
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => event.key === "Enter" && go()}
          />
        )}
      </Field>
    </Dialog>
  );
}
