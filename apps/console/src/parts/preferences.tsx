import { Button, Group, NativeSelect, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useLanguage, useText } from '../i18n/language.js';
import { LANGUAGES, type Language } from '../i18n/texts.js';

/** Choice of the language and the theme. */
export function Preferences() {
  const text = useText();
  const { language, choose } = useLanguage();
  const { setColorScheme } = useMantineColorScheme();
  const other = useComputedColorScheme('light') === 'light' ? 'dark' : 'light';
  return (
    <Group gap="xs" wrap="nowrap">
      <NativeSelect
        size="xs"
        aria-label={text.language}
        value={language}
        onChange={({ currentTarget }) => choose(currentTarget.value as Language)}
        data={LANGUAGES.map((value) => ({ value, label: text.languages[value] }))}
      />
      <Button
        size="xs"
        variant="default"
        aria-label={text.colorScheme[other]}
        onClick={() => setColorScheme(other)}
      >
        <span aria-hidden="true">{other === 'dark' ? '☾' : '☀'}</span>
      </Button>
    </Group>
  );
}
