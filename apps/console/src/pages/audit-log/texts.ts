import { defineTexts } from '../../i18n/texts.js';

export const texts = defineTexts({
  en: {
    list: 'Changes, newest first',
    actor: 'Actor',
    object: 'Object, such as order:123',
    action: 'Action',
    all: 'all',
    at: 'Time',
    address: 'Address',
    before: 'Before',
    after: 'After',
    from: 'From',
    to: 'Before',
    empty: 'No entry matches. Every change through the API is recorded here.',
  },
  'pt-BR': {
    list: 'Alterações, a mais recente primeiro',
    actor: 'Autor',
    object: 'Objeto, como order:123',
    action: 'Ação',
    all: 'todas',
    at: 'Hora',
    address: 'Endereço',
    before: 'Antes',
    after: 'Depois',
    from: 'De',
    to: 'Antes de',
    empty: 'Nenhum registro encontrado. Toda alteração feita pela API é registrada aqui.',
  },
});
