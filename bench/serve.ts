/** Runs in a `ChildProgram`: answers each request, and exits when the parent process disconnects. */
export function serve<Request, Reply>(answer: (request: Request) => Reply | Promise<Reply>) {
  process.on('message', (request: Request) => {
    Promise.resolve(request)
      .then(answer)
      .then(
        (reply) => process.send!({ reply }),
        (error: Error) => process.send!({ error: error.stack ?? String(error) }),
      );
  });
  process.on('disconnect', () => process.exit(0));
  // The parent handles Ctrl-C.
  process.on('SIGINT', () => undefined);
}
