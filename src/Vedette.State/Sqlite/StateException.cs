namespace Vedette.State.Sqlite;

/// <summary>The state cannot be used; the message is one sentence for the user: what, why, what to do.</summary>
public sealed class StateException(string sentence, Exception? cause = null) : Exception(sentence, cause);
