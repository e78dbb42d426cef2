using System.Net;
using Vedette.Hub.Configuration;

namespace Vedette.Hub;

/// <summary>What a hub is started with.</summary>
/// <param name="DataDirectory">Where everything it keeps lives.</param>
/// <param name="Listen">Where its API and page are served.</param>
/// <param name="Catalogue">The kinds it knows.</param>
/// <param name="FirstChecks">What a hub without any data begins with.</param>
/// <param name="Configuration">The file it is configured by, if any.</param>
public sealed record HubOptions(string DataDirectory, IPEndPoint Listen, Catalogue Catalogue, IReadOnlyList<CheckDraft> FirstChecks, ConfigurationSource? Configuration = null);
