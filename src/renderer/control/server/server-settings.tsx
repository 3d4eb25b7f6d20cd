import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/button.tsx';
import { Field } from '../../components/field.tsx';
import { Section } from '../../components/page.tsx';
import { TextInput } from '../../components/text-input.tsx';
import { useToasts } from '../../components/toast-store.ts';
import { useFailureToast, useSettings, useSettingValues } from '../control-context.ts';
import { parsePort, parseRemote } from './server-fields.ts';

/** Where it listens, and whether speech is recognised elsewhere. Saved together, since a wrong half helps nobody. */
export function ServerSettings() {
  const { t } = useTranslation();
  const values = useSettingValues();
  const write = useSettings((state) => state.write);
  const show = useToasts((state) => state.show);
  const tell = useFailureToast();
  const [portText, setPortText] = useState(String(values['server.port']));
  const [remoteText, setRemoteText] = useState(values['server.remote'] ?? '');
  const port = parsePort(portText);
  const remote = parseRemote(remoteText);
  const isWrong = port === null || remote === undefined;
  const isChanged = port !== values['server.port'] || remote !== values['server.remote'];
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (isWrong) return;
    try {
      if (port !== values['server.port']) await write('server.port', port);
      if (remote !== values['server.remote']) await write('server.remote', remote);
      show({ text: t('common.saved'), tone: 'success' });
    } catch (error) {
      tell(error);
    }
  };
  return (
    <Section title={t('server.settings')}>
      <form onSubmit={(event) => void save(event)} className="flex flex-col gap-4">
        <Field
          label={t('server.port')}
          hint={t('server.portHint')}
          error={port === null ? t('server.portError') : null}
        >
          {(control) => (
            <TextInput
              {...control}
              inputMode="numeric"
              className="max-w-32"
              value={portText}
              onChange={({ target }) => setPortText(target.value)}
            />
          )}
        </Field>
        <Field
          label={t('server.remote')}
          hint={t('server.remoteHint')}
          error={remote === undefined ? t('server.remoteError') : null}
        >
          {(control) => (
            <TextInput
              {...control}
              inputMode="url"
              spellCheck={false}
              className="max-w-lg"
              value={remoteText}
              onChange={({ target }) => setRemoteText(target.value)}
            />
          )}
        </Field>
        <Button type="submit" tone="primary" className="self-start" disabled={isWrong || !isChanged}>
          {t('common.save')}
        </Button>
      </form>
    </Section>
  );
}
