import { defineTexts } from '../../i18n/texts.js';

export const texts = defineTexts({
  en: {
    introduction:
      'A drill causes one fault in this development system, places orders meanwhile, and reconciles the ledger afterwards. Open the page Flow in another tab to watch it.',
    drills: 'Drills',
    drill: 'Drill',
    effect: 'What happens',
    run: 'Run',
    runDrill: (name: string) => `Run the drill ${name}`,
    confirm: 'The drill affects the whole system and takes up to three minutes. It ends by itself.',
    started: 'The drill has started.',
    runs: 'Runs',
    noRuns: 'No drill has run yet. Choose one above.',
    startedAt: 'Started',
    steps: 'Steps',
    result: 'Result',
    states: {
      running: 'running',
      succeeded: 'all guarantees were kept',
      violated: 'guarantees were violated',
      failed: 'the drill could not be run',
    },
    orders: (accepted: string, refused: string, unanswered: string) =>
      `${accepted} orders accepted, ${refused} refused, ${unanswered} without an answer`,
    outcomes: (processed: string, rejected: string, unfinished: string) =>
      `${processed} processed, ${rejected} rejected, ${unfinished} unfinished`,
    notifications: (wrong: string) => `${wrong} orders without exactly one notification`,
    ledger: {
      true: 'The stock ledger reconciles.',
      false: 'The stock ledger does not reconcile.',
      null: 'The stock ledger was not audited in time.',
    },
    effects: {
      'kill-worker': 'Kills stock-worker while it handles messages. The broker redelivers them.',
      'broker-outage': 'Halts RabbitMQ for 30 s. Orders are accepted, and their events wait in the outbox.',
      duplicates: 'Delivers every message twice. Each handler recognizes the second one.',
      poison:
        'Publishes messages that cannot be handled. They become dead letters, and orders are processed.',
      'hot-product': '200 orders at once for a product with 50 units. 50 are processed, 150 rejected.',
      'slow-database':
        'Halts PostgreSQL for 0.4 s of each second, for 20 s. Everything becomes slower, and nothing fails.',
    },
  },
  'pt-BR': {
    introduction:
      'Um exercício causa uma falha neste sistema de desenvolvimento, faz pedidos enquanto isso e depois reconcilia o razão do estoque. Abra a página Fluxo em outra aba para acompanhar.',
    drills: 'Exercícios',
    drill: 'Exercício',
    effect: 'O que acontece',
    run: 'Executar',
    runDrill: (name: string) => `Executar o exercício ${name}`,
    confirm: 'O exercício afeta todo o sistema e leva até três minutos. Ele termina sozinho.',
    started: 'O exercício começou.',
    runs: 'Execuções',
    noRuns: 'Nenhum exercício foi executado ainda. Escolha um acima.',
    startedAt: 'Início',
    steps: 'Etapas',
    result: 'Resultado',
    states: {
      running: 'em execução',
      succeeded: 'todas as garantias foram mantidas',
      violated: 'garantias foram violadas',
      failed: 'o exercício não pôde ser executado',
    },
    orders: (accepted: string, refused: string, unanswered: string) =>
      `${accepted} pedidos aceitos, ${refused} recusados, ${unanswered} sem resposta`,
    outcomes: (processed: string, rejected: string, unfinished: string) =>
      `${processed} processados, ${rejected} rejeitados, ${unfinished} não concluídos`,
    notifications: (wrong: string) => `${wrong} pedidos sem exatamente uma notificação`,
    ledger: {
      true: 'O razão do estoque confere.',
      false: 'O razão do estoque não confere.',
      null: 'O razão do estoque não foi auditado a tempo.',
    },
    effects: {
      'kill-worker': 'Encerra o stock-worker enquanto ele processa mensagens. O broker as entrega de novo.',
      'broker-outage':
        'Suspende o RabbitMQ por 30 s. Os pedidos são aceitos e os seus eventos aguardam na outbox.',
      duplicates: 'Entrega cada mensagem duas vezes. Cada handler reconhece a segunda.',
      poison:
        'Publica mensagens que não podem ser processadas. Elas se tornam dead letters, e os pedidos são processados.',
      'hot-product':
        '200 pedidos de uma vez para um produto com 50 unidades. 50 são processados, 150 rejeitados.',
      'slow-database':
        'Suspende o PostgreSQL por 0,4 s de cada segundo, durante 20 s. Tudo fica mais lento, e nada falha.',
    },
  },
});
