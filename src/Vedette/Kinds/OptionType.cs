namespace Vedette;

/// <summary>How the value of an option is written.</summary>
public enum OptionType
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>Texts with commas between them.</summary>
    List,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>A number with a unit, see <see cref="Durations"/>.</summary>
    Duration,
}
