import { defineTexts } from '../../i18n/texts.js';

export const texts = defineTexts({
  en: {
    column: 'Repair',
    action: 'Repair',
    actionOf: (product: number) => `Repair the ledger of product ${product}`,
    title: (product: number) => `Repair the ledger of product ${product}`,
    cause: (booked: string, onHand: string) =>
      `The movements add up to ${booked} units, and ${onHand} units are recorded as on hand.`,
    effect: (quantity: string, onHand: string) =>
      `A correction of ${quantity} units is written to the ledger. The stock on hand stays ${onHand}.`,
    afterwards: 'If the stock on hand is wrong, adjust it afterwards on the page of the product.',
    none: 'The movements add up to the stock on hand. There is nothing to repair; request an audit.',
    reason: 'Why the ledger lacks the units',
    confirm: 'Write the correction',
    done: 'The correction is in the ledger. Request an audit to check it.',
  },
  'pt-BR': {
    column: 'Reparo',
    action: 'Reparar',
    actionOf: (product: number) => `Reparar o livro de estoque do produto ${product}`,
    title: (product: number) => `Reparar o livro de estoque do produto ${product}`,
    cause: (booked: string, onHand: string) =>
      `Os movimentos somam ${booked} unidades, e ${onHand} unidades estão registradas em estoque.`,
    effect: (quantity: string, onHand: string) =>
      `Uma correção de ${quantity} unidades é escrita no livro. O estoque continua em ${onHand}.`,
    afterwards: 'Se o estoque estiver errado, ajuste-o depois na página do produto.',
    none: 'Os movimentos somam o estoque. Não há nada a reparar; solicite uma auditoria.',
    reason: 'Por que faltam as unidades no livro',
    confirm: 'Escrever a correção',
    done: 'A correção está no livro. Solicite uma auditoria para conferir.',
  },
});
