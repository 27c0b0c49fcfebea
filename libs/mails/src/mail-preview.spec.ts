import { LOCALES, NOTIFICATION_KINDS } from '@estoque/domain';
import { previewMail } from './mail-preview.js';

describe('previewMail', () => {
  it.each(NOTIFICATION_KINDS.flatMap((kind) => LOCALES.map((locale) => [kind, locale] as const)))(
    'renders %s in %s: subject, HTML and text',
    (kind, locale) => {
      const { subject, html, text } = previewMail(kind, locale);
      expect(subject).toMatch(kind === 'low_stock' ? /CAF-250/ : /123/);
      expect(html).toContain(`<html lang='${locale}'>`);
      expect(html).toContain(`<title>${subject}</title>`);
      for (const part of [subject, html, text]) {
        expect(part).not.toMatch(/undefined|null|\{\{|\[object/);
        expect(part.trim().length).toBeGreaterThan(10);
      }
      for (const part of [html, text])
        expect(part).toMatch(kind === 'order_refunded' ? /24[.,]90/ : /CAF-250/);
    },
  );

  it('has another text for each kind and language', () => {
    const subjects = NOTIFICATION_KINDS.flatMap((kind) =>
      LOCALES.map((locale) => previewMail(kind, locale).subject),
    );
    expect(new Set(subjects).size).toBe(subjects.length);
  });
});
