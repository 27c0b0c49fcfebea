/** The languages of the console. The first one is used if the browser prefers none of them. */
export const LANGUAGES = ['en', 'pt-BR'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A text, or a function that inserts values into it. */
type Text = string | ((...values: never[]) => string);

/** Texts with the same keys and parameters in another language. */
type Translated<Texts> = {
  [Key in keyof Texts]: Texts[Key] extends (...values: infer Values) => string
    ? (...values: Values) => string
    : Texts[Key] extends string
      ? string
      : Translated<Texts[Key]>;
};

export interface TextTree {
  [key: string]: Text | TextTree;
}

/** Texts in all languages. */
export type Texts<Tree extends TextTree> = Record<Language, Translated<Tree>>;

/** Declares texts. The English ones are the source: the compiler requires the same keys in the other languages. */
export const defineTexts = <const Tree extends TextTree>(texts: {
  en: Tree;
  'pt-BR': Translated<Tree>;
}): Texts<Tree> => texts as unknown as Texts<Tree>;
