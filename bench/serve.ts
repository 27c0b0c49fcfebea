/** The other end of a `Child`: answers one question after the other, and ends when whoever asks is gone. */
export function serve<Question, Reply>(answer: (question: Question) => Reply | Promise<Reply>) {
  process.on('message', (question: Question) => {
    Promise.resolve(question)
      .then(answer)
      .then(
        (reply) => process.send!({ reply }),
        (error: Error) => process.send!({ error: error.stack ?? String(error) }),
      );
  });
  process.on('disconnect', () => process.exit(0));
  // A Ctrl-C is for the bench to handle.
  process.on('SIGINT', () => undefined);
}
