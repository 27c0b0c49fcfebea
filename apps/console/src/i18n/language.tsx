import { createContext, use, useEffect, useState, type ReactNode } from 'react';
import { en } from './en.js';
import { ptBR } from './pt-BR.js';
import { LANGUAGES, type Language, type Texts, type TextTree } from './texts.js';

const STORED = 'estoque.language';

interface LanguageChoice {
  language: Language;
  choose: (language: Language) => void;
}

const LanguageContext = createContext<LanguageChoice>({ language: 'en', choose: () => undefined });

/** Provides the chosen language, or the first language of the browser that the console has. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(initialLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choose = (chosen: Language) => {
    localStorage.setItem(STORED, chosen);
    setLanguage(chosen);
  };
  return <LanguageContext value={{ language, choose }}>{children}</LanguageContext>;
}

function initialLanguage(): Language {
  const preferred = [localStorage.getItem(STORED) ?? '', ...navigator.languages];
  const found = preferred.map(
    (name) =>
      LANGUAGES.find((language) => language === name) ??
      LANGUAGES.find((language) => language.split('-')[0] === name.split('-')[0]),
  );
  return found.find((language) => language !== undefined) ?? LANGUAGES[0];
}

export const useLanguage = () => use(LanguageContext);

/** @returns the texts of a page in the chosen language */
export const useTexts = <Tree extends TextTree>(texts: Texts<Tree>) => texts[useLanguage().language];

const shared: Texts<typeof en> = { en, 'pt-BR': ptBR };

/** @returns the texts of the frame and the shared parts in the chosen language */
export const useText = () => shared[useLanguage().language];
