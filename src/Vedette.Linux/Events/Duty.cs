namespace Vedette.Linux.Events;

/// <summary>What an <see cref="EpollThread"/> does besides watching sockets. All of it is called on that thread.</summary>
/// <param name="Work">Called after <see cref="EpollThread.Wake"/>, once for all that asked before it began; must not block.</param>
/// <param name="Gather">Asked when the thread was woken for work, for how many milliseconds it shall sleep on, so that more comes together; then nobody who asks rings for it.</param>
/// <param name="Rest">
/// Asked whenever the thread has done all there was, for how many milliseconds it shall leave its sockets alone: what comes meanwhile then costs one
/// waking. <see cref="EpollThread.Wake"/> cuts it short.
/// </param>
/// <param name="Faulted">Called with what the others threw; must not throw.</param>
public sealed record Duty(Action Work, Func<int> Gather, Func<int> Rest, Action<Exception> Faulted);
